-- Counts a failure and locks after too many.
-- KEYS[1]: a hash. ARGV: now, failures allowed, their window, the first lock and the longest, all
-- times in ms. Answers until when it is locked, 0 if it is not.
local now, allowed, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local lock, longest = tonumber(ARGV[4]), tonumber(ARGV[5])
local key = KEYS[1]
local until_ms = tonumber(redis.call('HGET', key, 'until') or '0')
if until_ms > now then return until_ms end
local recent = {}
for at in string.gmatch(redis.call('HGET', key, 'at') or '', '%d+') do
  if tonumber(at) > now - window then recent[#recent + 1] = at end
end
recent[#recent + 1] = string.format('%.0f', now)
local keep = window
until_ms = 0
if #recent >= allowed then
  local level = tonumber(redis.call('HGET', key, 'level') or '0')
  local length = math.min(lock * 2 ^ level, longest)
  until_ms = now + length
  redis.call('HSET', key, 'level', level + 1, 'until', string.format('%.0f', until_ms))
  recent = {}
end
redis.call('HSET', key, 'at', table.concat(recent, ','))
-- The level is remembered for as long as the longest lock after the last one.
if redis.call('HEXISTS', key, 'level') == 1 then
  keep = math.max(tonumber(redis.call('HGET', key, 'until')) - now, 0) + longest
end
redis.call('PEXPIRE', key, math.floor(keep))
return until_ms
