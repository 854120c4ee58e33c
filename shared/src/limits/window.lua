-- Takes one from each of several sliding windows, or from none, and reads the copy of a session.
-- KEYS: one hash a limit, from slice number to count. With a session there are more: its copy goes
-- before them, and after them as many limits again, of an address, which a session that is over takes
-- from: nobody shall use up the limits of somebody whose old token he holds.
-- ARGV: now in ms and how many limits one call takes from, then for each limit its maximum and its
-- window in ms. A window has 20 slices; the slice in which it begins counts in full, so that no more
-- than the maximum ever falls into any window.
-- Answers: the copy, and a list: 1 or 0 (taken or not), then for each limit what is used and in how
-- many ms the oldest slice leaves the window.
local now, limits = tonumber(ARGV[1]), tonumber(ARGV[2])
local copy, before, skipped = false, 0, 0
if #KEYS > limits then
  copy, before = redis.call('GET', KEYS[1]), 1
  if copy == 'ended' or copy == 'expired' then skipped = limits end
end
local function limit(i)
  return KEYS[before + skipped + i], tonumber(ARGV[1 + 2 * (skipped + i)]), tonumber(ARGV[2 + 2 * (skipped + i)])
end
local answer = {1}
for i = 1, limits do
  local key, max, window = limit(i)
  local slice = math.max(1, math.floor(window / 20))
  local current = math.floor(now / slice)
  local first, used, oldest = current - math.ceil(window / slice), 0, current
  local counts = redis.call('HGETALL', key)
  for j = 1, #counts, 2 do
    local number = tonumber(counts[j])
    if number < first then
      redis.call('HDEL', key, counts[j])
    else
      used = used + tonumber(counts[j + 1])
      oldest = math.min(oldest, number)
    end
  end
  if used >= max then answer[1] = 0 end
  answer[2 * i] = used
  answer[2 * i + 1] = (oldest + math.ceil(window / slice) + 1) * slice - now
end
if answer[1] == 1 then
  for i = 1, limits do
    local key, _, window = limit(i)
    local slice = math.max(1, math.floor(window / 20))
    redis.call('HINCRBY', key, math.floor(now / slice), 1)
    redis.call('PEXPIRE', key, window + 2 * slice)
    answer[2 * i] = answer[2 * i] + 1
  end
end
return {copy, answer}
