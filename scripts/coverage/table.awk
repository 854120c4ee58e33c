# Reads lcov; prints how many lines of each crate ran, and where most did not. Tests in the sources do not count.

# Where a source's tests begin: at its end, in modules that are compiled for tests only.
function tests_begin(file,    number, line, before, found) {
  if (file ~ /tests\.rs$/) return 1
  while ((getline line < file) > 0) {
    number++
    if (before ~ /^#\[cfg\(test\)\]/ && line ~ /^(pub(\([a-z]+\))? )?mod [a-z_]+ \{/) { found = number; break }
    if (line !~ /^#\[/ || line ~ /^#\[cfg\(test\)\]/) before = line
  }
  close(file)
  return found ? found : 1e9
}

/^SF:/ {
  file = substr($0, 4)
  name = substr(file, length(root) + 2)
  wanted = index(file, root "/") == 1 && name ~ /^(shared|functions\/[a-z]+)\/src\//
  crate = name
  sub(/\/src\/.*/, "", crate)
  sub(/^functions\//, "", crate)
  if (wanted) end = tests_begin(file)
}

wanted && /^DA:/ {
  split(substr($0, 4), line, ",")
  if (line[1] + 0 >= end) next
  lines[crate]++
  if (line[2] > 0) ran[crate]++
  else missing[name]++
}

END {
  printf "%-16s %8s %8s %8s\n", "crate", "lines", "ran", "percent"
  sorted = "sort"
  for (crate in lines) {
    percent = 100 * ran[crate] / lines[crate]
    printf "%-16s %8d %8d %7.1f%%%s\n", crate, lines[crate], ran[crate], percent, percent < least ? "  too few" : "" | sorted
    if (percent < least) red = 1
  }
  close(sorted)
  if (!length(lines)) { print "no line was counted"; exit 1 }
  print "\nMost lines that did not run:"
  longest = "sort -rn | head -n 15"
  for (name in missing) printf "%8d  %s\n", missing[name], name | longest
  close(longest)
  exit red
}
