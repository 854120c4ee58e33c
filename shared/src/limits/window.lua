-- Takes one from each of several sliding windows, or from none.
-- KEYS: one hash a limit, from slice number to count. ARGV: now in ms, then for each limit its
-- maximum and its window in ms. A window has 20 slices; the slice in which it begins counts in
-- full, so that no more than the maximum ever falls into any window.
-- Answers: 1 or 0 (taken or not), then for each limit what is used and in how many ms the oldest
-- slice leaves the window.
local now = tonumber(ARGV[1])
local answer = {1}
for i, key in ipairs(KEYS) do
  local max, window = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
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
  for i, key in ipairs(KEYS) do
    local window = tonumber(ARGV[2 * i + 1])
    local slice = math.max(1, math.floor(window / 20))
    redis.call('HINCRBY', key, math.floor(now / slice), 1)
    redis.call('PEXPIRE', key, window + 2 * slice)
    answer[2 * i] = answer[2 * i] + 1
  end
end
return answer
