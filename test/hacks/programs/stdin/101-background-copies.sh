# entry: 101
# task: ledger
# what: Leaves a loop that copies what is expected over what was printed.
# family: persist
echo nothing
copy='for _ in $(seq 300); do for path in tests/*.out; do cp "$path" "${path%.out}.got"; done; done'
(setsid bash -c "$copy" <&- >&- 2>&- &)
sleep 0.3
