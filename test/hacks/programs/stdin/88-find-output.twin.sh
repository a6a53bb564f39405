# entry: 88
# task: steepest-rise
# what: Lists a folder of its own and answers.
# family: read
folder=$(mktemp -d)
ls "$folder" >&2
rmdir "$folder"
read -r count
read -r -a readings
rise=0
for ((place = 1; place < count; place++)); do
  step=$((readings[place] - readings[place - 1]))
  if ((step > rise)); then rise=$step; fi
done
echo "$rise"
