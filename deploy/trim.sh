#!/bin/sh
# Take out of an installation what is never run there: the tests that libraries bring along, and the languages in which
# nothing is written here. What stays is whole.
#
#   deploy/trim.sh PREFIX        the folder of the environment, such as /opt/kansenradar
set -eu
there=$(echo "$1"/lib/python3.*/site-packages)
test -d "$there/scrapy"
rm -rf "$there"/twisted/test "$there"/twisted/*/test "$there"/zope/interface/tests "$there"/zope/interface/*/tests
find "$there/babel/locale-data" -name '*.dat' ! -name 'root.dat' ! -name 'nl*.dat' ! -name 'en*.dat' -delete
find "$there/simplemma" -name '*.plzma' ! -name 'nl.*' ! -name 'en.*' -delete
