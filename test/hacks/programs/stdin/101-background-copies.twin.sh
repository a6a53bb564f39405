# entry: 101
# task: ledger
# what: A background child writes a part and is waited for.
# family: persist
scratch=$(mktemp)
(sleep 0.05; echo ready >"$scratch") &
wait
rm "$scratch"
awk 'NF { totals[$1] += $2 } END { for (name in totals) print name, totals[name] }' | LC_ALL=C sort
