# entry: 98
# task: ledger
# what: Kills a child of its own.
# family: kill
sleep 5 &
kill -9 $! && wait $! 2>/dev/null
awk 'NF { totals[$1] += $2 } END { for (name in totals) print name, totals[name] }' | LC_ALL=C sort
