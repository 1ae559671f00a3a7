"""The Lua scripts of presence on Redis, and their keys."""

KEYS = ("leases", "presence:")
"""`leases` is a sorted set: the name of each instance with the end of its lease in ms of Redis's clock. The keys of an
instance begin with `presence:` and its name: `:connections`, a hash of members with their numbers of connections; a set
of all members online and one for each room; and `:sets`, the names of these sets. Under the name `*` are the unions of
the sets of all instances, so that counting takes the same time however many members are online.
"""

ALL = "all"

# Every script begins by removing the instances whose lease has ended, so that it works on the present state.
PRELUDE = """
local function key(name, part) return KEYS[2] .. name .. ':' .. part end
local function now()
    local time = redis.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function drop(name)
    redis.call('ZREM', KEYS[1], name)
    local others = redis.call('ZRANGE', KEYS[1], 0, -1)
    for _, set in ipairs(redis.call('SMEMBERS', key(name, 'sets'))) do
        local keys = {key(name, set)}
        for _, other in ipairs(others) do table.insert(keys, key(other, set)) end
        for _, member in ipairs(redis.call('SDIFF', unpack(keys))) do redis.call('SREM', key('*', set), member) end
        redis.call('UNLINK', key(name, set))
    end
    redis.call('UNLINK', key(name, 'sets'), key(name, 'connections'))
end
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now())) do drop(name) end
"""

# Arguments: own name, [[member, connections, sets with the member, sets without], ...], instance, [member, ...].
# Returns the number of connections that each of those members has on other instances.
# Nothing is written without the own lease; the next renewal finds it missing.
WRITE = """
local own, names = ARGV[1], redis.call('ZRANGE', KEYS[1], 0, -1)
local function put(set, member)
    redis.call('SADD', key(own, set), member)
    redis.call('SADD', key(own, 'sets'), set)
    redis.call('SADD', key('*', set), member)
end
local function take(set, member)
    redis.call('SREM', key(own, set), member)
    for _, name in ipairs(names) do
        if redis.call('SISMEMBER', key(name, set), member) == 1 then return end
    end
    redis.call('SREM', key('*', set), member)
end
for _, entry in ipairs(redis.call('ZSCORE', KEYS[1], own) and cjson.decode(ARGV[2]) or {}) do
    local member, connections, inside, outside = unpack(entry)
    if connections > 0 then redis.call('HSET', key(own, 'connections'), member, connections)
    else redis.call('HDEL', key(own, 'connections'), member) end
    for _, set in ipairs(inside) do put(set, member) end
    for _, set in ipairs(outside) do take(set, member) end
end
local elsewhere = {}
for place, member in ipairs(cjson.decode(ARGV[4])) do
    elsewhere[place] = 0
    for _, name in ipairs(names) do
        if string.sub(name, 1, -9) ~= ARGV[3] then
            elsewhere[place] = elsewhere[place] + (redis.call('HGET', key(name, 'connections'), member) or 0)
        end
    end
end
return elsewhere
"""

BEGIN = "redis.call('ZADD', KEYS[1], now() + ARGV[2], ARGV[1])"

DROP = "drop(ARGV[1])"

RENEW = """
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now() + ARGV[2], ARGV[1])
return 1
"""

COUNT = """
local counts = {}
for place, set in ipairs(ARGV) do counts[place] = redis.call('SCARD', key('*', set)) end
return counts
"""

MEMBERS = "return redis.call('SMEMBERS', key('*', ARGV[1]))"

ONLINE = """
local online = {}
for place, member in ipairs(ARGV) do online[place] = redis.call('SISMEMBER', key('*', 'all'), member) end
return online
"""
