-- Counts a try as a failure and locks after too many; whoever succeeds forgets the hash.
-- KEYS[1]: a hash. ARGV: now, tries allowed, their window, the first lock and the longest, all
-- times in ms. Answers until when it is locked, 0 if it is not, and 1 if this try, the last one, locked it.
local now, allowed, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local first, longest = tonumber(ARGV[4]), tonumber(ARGV[5])
local key = KEYS[1]
local locked_until = tonumber(redis.call('HGET', key, 'until') or '0')
-- What is tried while it is locked does not count: nobody looked at the password.
if locked_until > now then return {locked_until, 0} end
local level = 0
-- The level is remembered for as long as the longest lock, from the end of the last one on.
if locked_until > 0 and now < locked_until + longest then
  level = tonumber(redis.call('HGET', key, 'level') or '0')
end
local recent = {}
for at in string.gmatch(redis.call('HGET', key, 'at') or '', '%d+') do
  if tonumber(at) > now - window then recent[#recent + 1] = at end
end
recent[#recent + 1] = string.format('%.0f', now)
local answer = {0, 0}
if #recent >= allowed then
  locked_until = now + math.min(first * 2 ^ level, longest)
  redis.call('HSET', key, 'level', level + 1, 'until', string.format('%.0f', locked_until))
  recent, answer = {}, {locked_until, 1}
end
redis.call('HSET', key, 'at', table.concat(recent, ','))
redis.call('PEXPIRE', key, string.format('%.0f', math.max(window, locked_until + longest - now)))
return answer
