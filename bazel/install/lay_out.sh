#!/bin/sh
# lay_out.sh FILE: copies what FILE says: a line with the folder to fill, then pairs of lines:
# a file, and its path there; or a folder, and that of its contents.
set -eu
{
	read -r tree
	while read -r from && read -r to; do
		if [ -d "$from" ]; then
			mkdir -p "$tree/$to"
			cp -RL "$from/." "$tree/$to"
		else
			mkdir -p "$(dirname "$tree/$to")"
			cp -L "$from" "$tree/$to"
		fi
	done
} <"$1"
