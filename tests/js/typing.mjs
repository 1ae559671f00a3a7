// Typing: who writes is named at once, and no longer five seconds later.
import { equal, ok } from "./check.mjs";

export async function typing(check, { eve, finn, room }) {
  const stream = `r:${room}`;
  const [writer, reader] = [await eve.connect(), await finn.connect()];
  const isEve = (told) => told.userIds.includes(eve.user.id);
  await reader.ask("room:enter", { label: room });
  let typed;

  await check("typing is told at once, and once in three seconds", async () => {
    typed = performance.now();
    await Promise.all(Array.from({ length: 5 }, () => writer.ask("message:typing", { stream })));
    equal((await reader.hears("typing:changed", isEve)).stream, stream);
    await reader.ask("session:hello");
    equal(reader.heard("typing:changed").filter(isEve).length, 1);
  });

  await check("typing clears itself after five seconds", async () => {
    await reader.hears("typing:changed", (told) => told.userIds.length === 0);
    ok(performance.now() - typed > 4_900);
  });
}
