#!/bin/sh
# Fetches the vendored packages again and builds static/icons.svg from icons.txt.
# Change a version here and in README.md; run from anywhere. Needs npm.
set -eu
cd "$(dirname "$0")"
here=$(pwd)
tabler=1.6.1
icons=3.51.0
socketio=4.8.4
sortable=1.15.6

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

unpack() { # name, version
    mkdir -p "$work/$3"
    (cd "$work" && npm pack --silent "$1@$2" | tail -1 | xargs -I{} tar xzf {} -C "$3" --strip-components 1)
}
unpack @tabler/core $tabler core
unpack @tabler/icons $icons icons
unpack socket.io-client $socketio socketio
unpack sortablejs $sortable sortable

rm -rf tabler-* socket.io-client-* sortablejs-*
mkdir tabler-$tabler socket.io-client-$socketio sortablejs-$sortable
cp "$work/core/dist/css/tabler.min.css" "$work/core/dist/js/tabler.min.js" tabler-$tabler/
cp "$work/socketio/dist/socket.io.esm.min.js" "$work/socketio/LICENSE" socket.io-client-$socketio/
cp "$work/sortable/Sortable.min.js" "$work/sortable/LICENSE" sortablejs-$sortable/
# The package of Tabler's core carries no licence file; the icons' is the same text and author.
cp "$work/icons/LICENSE" tabler-$tabler/LICENSE

# One <symbol> for each name in icons.txt: the icon without its outer <svg> and its empty frame.
{
    echo '<svg xmlns="http://www.w3.org/2000/svg"><!-- Tabler Icons '"$icons"', MIT licence, (c) Paweł Kuna -->'
    while read -r name; do
        id=${name#*/}
        paint='fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
        case $name in filled/*) id=$id-filled paint='fill="currentColor"' ;; esac
        echo "<symbol id=\"$id\" viewBox=\"0 0 24 24\" $paint>"
        grep '<path' "$work/icons/icons/$name.svg" | grep -v 'M0 0h24v24H0z'
        echo '</symbol>'
    done < icons.txt
    echo '</svg>'
} > "$here/../icons.svg"
