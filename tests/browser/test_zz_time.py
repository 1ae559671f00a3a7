import time
from tests.browser.visits import *
async def test_time(visits, ann, bob):
    for m in (ann,bob):
        t=time.perf_counter()
        c = await visits.browser(); t1=time.perf_counter()
        await log_in(c,m); t2=time.perf_counter()
        p = await c.new_page(); t3=time.perf_counter()
        await p.goto("/app"); t4=time.perf_counter()
        await online(p); t5=time.perf_counter()
        await room(p); t6=time.perf_counter()
        await say(p,"hi"); await expect(messages(p,"hi").first).to_be_visible(); t7=time.perf_counter()
        print("ctx %.2f login %.2f page %.2f goto %.2f online %.2f room %.2f say %.2f"%(t1-t,t2-t1,t3-t2,t4-t3,t5-t4,t6-t5,t7-t6))
