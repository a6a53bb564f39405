/** Common English words: the vocabulary of the stand-in has each as it is and with a capital, with and without a space. */
export const WORDS: readonly string[] = `
a able about above across act add added adds after again against agent all allow almost alone along already also
always among amount an and another answer any appear apply are area argument around array as ask at attempt away back
base be because become been before began begin behind being believe below best better between big bit black block blue
body book both bottom box branch bring build built but buy by byte call called came can cannot care carry case cause
cell center certain change check child city class clear close code cold color column come common compare complete
compute condition connect consider contain continue control copy correct cost could count country course cover create
cross current cut data date day dead deal decide deep default define degree delete depend describe design did differ
different direct divide do does done door double down draw drive drop during each early ease easy edge eight either
element else empty end enough enter environment equal error even event every exact example except expect explain
expression extra face fact fall false family far fast fault feel few field figure file fill final find fine finish fire
first fit five fix float follow food for force form format found four free friend from front full function further
game gave general get give given go goal good got graph great green group grow guess had half hand handle happen hard
has have he head hear heat help her here high him his hold home hope hot hour house how however human hundred idea if
image impact import in include increase index information input inside instead integer into is it item its join just
keep key kind know known label lack land language large last late later law layer lead learn least leave left length
less let letter level library life light like likely limit line link list little live load local long look lookup loop
lose lot low made main make man many map mark match matter maximum may me mean measure meet member memory message
method might mile mind minimum minute miss mode model moment money month more morning most move much multiply must my
name near need never new next nice night nine no node none nor north not note nothing notice now null number object
observe occur of off often old on once one only open operation or order other our out output outside over own page pair
paper parameter parse part pass past path pattern people per perform perhaps period person place plan play please plus
point policy port position possible power present press print problem process produce program prompt property prove
provide pull push put quality question quick quite random range rate rather raw reach read ready real really reason
receive record red reduce region remain remember remove repeat replace reply report request require rest result return
reward right rise river road role room root round row rule run safe said same sample sample save say scale school score
search second section see seem select send sense sentence separate sequence serve set seven several shape share she
short should show side sign signal simple since single six size sleep slow small so solve some something soon sort sound
source south space special specific speed spend square stable stand standard start state statement stay step still stop
store story street string strong structure study such sum support sure system table take talk task tell ten term test
text than that the their them then there these they thing think third this those though thought thousand three through
time to today together token told too took tool top total toward trace train transform travel tree trial true truth try
turn two type under understand unit until up update upon us use used user usual value variable variation verify version
very view wait walk want warm was water way we weather week weight well went were west what wheel when where which while
white who whole why wide will wind window with within without word work world would write wrong year yes yet you young
your zero assistant user system hello hi thanks okay sorry python code json tool_call email user id url http www com
`
  .trim()
  .split(/\s+/);

/** Pieces of code, JSON and layout. */
export const FRAGMENTS: readonly string[] = `
ing ed er est ly tion ment ness able ful ous ive ity ers ings ies
{" "} "}} ": ": " ", " "," "], ["] [{ }] }, }} }; ); () (" ") [" ]; := == != <= >= => -> && || ++ -- // /* */ ** ... :: </ /> ?? ''' """
\`\`\` ## ### def return import const function class self print lambda None True False null true false
`
  .trim()
  .split(/\s+/)
  .concat([
    "\n\n",
    "\n\n\n",
    "  ",
    "    ",
    "        ",
    "\n  ",
    "\n    ",
    "\n        ",
    '": "',
    '", "',
    '": ',
    '", ',
    " {",
    ' {"',
    ' "',
    " [",
    " (",
    " =",
    " +",
    " -",
  ])
  .concat([" *", " /", " <", " >", ".\n", ",\n", ":\n", ";\n", "{\n", "}\n", ".\n\n", ":\n\n"]);

/** Tokens of the chat template. The first three never appear in an answer's text. */
export const SPECIAL_TOKENS = [
  "<|endoftext|>",
  "<|im_start|>",
  "<|im_end|>",
  "<think>",
  "</think>",
  "<tool_call>",
  "</tool_call>",
  "<tool_response>",
  "</tool_response>",
] as const;
