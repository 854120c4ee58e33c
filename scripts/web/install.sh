# Sourced: installs the pinned packages of scripts/web once for each version of their list, and
# names a Node in $web_node.
web_node=$(command -v node || true)
if [ -x .dev/tools/node ]; then web_node=$PWD/.dev/tools/node; fi
[ -n "$web_node" ] || { echo "✗ find Node: run ./scripts/dev once, it brings one" >&2; exit 1; }
mkdir -p .dev/tools
exec 8>.dev/tools/web.lock
flock 8
web_stamp=$(cat scripts/web/package-lock.json scripts/web/package.json | sha256sum)
if [ "$(cat .dev/tools/web/stamp 2>/dev/null)" != "$web_stamp" ]; then
  echo "▸ web tools from npm"
  rm -rf .dev/tools/web && mkdir -p .dev/tools/web
  cp scripts/web/package.json scripts/web/package-lock.json scripts/web/.npmrc .dev/tools/web/
  (cd .dev/tools/web && PATH=$(dirname "$web_node"):$PWD/../venv/bin:$PATH npm ci --ignore-scripts --silent)
  echo "$web_stamp" > .dev/tools/web/stamp
fi
exec 8>&-
