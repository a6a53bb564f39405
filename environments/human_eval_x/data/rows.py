"""The environment's own rows, in the form of HumanEval-X: prompt and declaration end in the open body of the entry point."""


def _row(task_id, frame, comment, signature, test, solution):
    """`frame`: what stands before comment and signature."""
    return {
        "task_id": task_id,
        "prompt": frame + comment + signature,
        "canonical_solution": solution,
        "test": test,
        "declaration": frame + signature,
    }


_DROP_RUNS = """%sDrops every run of equal neighbours that is at least `least` long (least >= 1); what becomes neighbours by
that is not looked at again.
%s"""

ROWS = [
    _row(
        "CPP/drop-runs",
        "#include <stdio.h>\n#include <vector>\nusing namespace std;\n",
        "/*\n" + _DROP_RUNS % ("", ">>> drop_runs({1, 2, 2, 2, 1}, 3)\n{1, 1}\n*/\n"),
        "vector<int> drop_runs(vector<int> values, int least){\n",
        """#undef NDEBUG
#include <assert.h>
int main() {
    assert((drop_runs({1, 2, 2, 2, 1}, 3) == vector<int>{1, 1}));
    assert((drop_runs({}, 2) == vector<int>{}));
    assert((drop_runs({5}, 1) == vector<int>{}));
    assert((drop_runs({5, 5, 6, 7, 7}, 2) == vector<int>{6}));
    assert((drop_runs({3, 3, 4, 4, 4, 3, 3}, 3) == vector<int>{3, 3, 3, 3}));
    assert((drop_runs({1, 1, 2, 2}, 3) == vector<int>{1, 1, 2, 2}));
}
""",
        """    vector<int> kept;
    for (size_t i = 0; i < values.size();) {
        size_t end = i;
        while (end < values.size() && values[end] == values[i]) end++;
        if ((int)(end - i) < least) kept.insert(kept.end(), values.begin() + i, values.begin() + end);
        i = end;
    }
    return kept;
}
""",
    ),
    _row(
        "CPP/last-letters",
        "#include <map>\n#include <string>\nusing namespace std;\nbool is_letter(char c){\n    return c >= 'a' && c <= 'z';\n}\n",
        '/*\nCounts the words (runs of lower-case letters) of the text by the letter that they end in, and writes the\n'
        'words into `text` alone, with one blank between two of them.\n'
        '>>> string text = "to be, or  not"; last_letters(text)\n'
        "{{'e', 1}, {'o', 1}, {'r', 1}, {'t', 1}}, and text is \"to be or not\"\n*/\n",
        "map<char, int> last_letters(string& text){\n",
        """#undef NDEBUG
#include <assert.h>
int main() {
    string text = "to be, or  not";
    assert((last_letters(text) == map<char, int>{{'e', 1}, {'o', 1}, {'r', 1}, {'t', 1}}));
    assert(text == "to be or not");
    for (char c : text) assert(c == ' ' || is_letter(c));
    text = "...";
    assert(last_letters(text).empty());
    assert(text == "");
    text = "aha! a sofa: ha";
    assert((last_letters(text) == map<char, int>{{'a', 4}}));
    assert(text == "aha a sofa ha");
}
""",
        """    map<char, int> counts;
    string words, word;
    text += '.';
    for (char c : text) {
        if (is_letter(c)) {
            word += c;
        } else if (!word.empty()) {
            counts[word.back()]++;
            words += (words.empty() ? "" : " ") + word;
            word.clear();
        }
    }
    text = words;
    return counts;
}
""",
    ),
    _row(
        "Java/drop-runs",
        "import java.util.*;\nimport java.lang.*;\n\nclass Solution {\n",
        "    /**\n" + _DROP_RUNS % ("    ", ">>> dropRuns(Arrays.asList(1, 2, 2, 2, 1), 3)\n    [1, 1]\n     */\n"),
        "    public List<Integer> dropRuns(List<Integer> values, int least) {\n",
        """public class Main {
    public static void main(String[] args) {
        Solution s = new Solution();
        List<Boolean> correct = Arrays.asList(
                s.dropRuns(new ArrayList<>(Arrays.asList(1, 2, 2, 2, 1)), 3).equals(Arrays.asList(1, 1)),
                s.dropRuns(new ArrayList<>(), 2).equals(List.of()),
                s.dropRuns(new ArrayList<>(Arrays.asList(5)), 1).equals(List.of()),
                s.dropRuns(new ArrayList<>(Arrays.asList(500, 500, 6, 7, 7)), 2).equals(Arrays.asList(6)),
                s.dropRuns(new ArrayList<>(Arrays.asList(3, 3, 400, 400, 400, 3, 3)), 3).equals(Arrays.asList(3, 3, 3, 3))
        );
        if (correct.contains(false)) {
            throw new AssertionError();
        }
    }
}
""",
        """        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < values.size();) {
            int end = i;
            while (end < values.size() && values.get(end).equals(values.get(i))) end++;
            if (end - i < least) kept.addAll(values.subList(i, end));
            i = end;
        }
        return kept;
    }
}
""",
    ),
    _row(
        "Java/longest-climb",
        "import java.util.*;\n\nclass Solution {\n",
        '    /**\n    The first longest piece of the text whose characters strictly rise; none of an empty text.\n'
        '    >>> longestClimb("abzacq")\n    Optional[abz]\n     */\n',
        "    public Optional<String> longestClimb(String text) {\n",
        """public class Main {
    public static void main(String[] args) {
        Solution s = new Solution();
        if (!s.longestClimb("abzacq").get().equals("abz")) throw new AssertionError("first of the longest");
        if (s.longestClimb("").isPresent()) throw new AssertionError("empty");
        if (!s.longestClimb("zzz").get().equals("z")) throw new AssertionError("equal ones do not rise");
        if (!s.longestClimb("ba\\u00e9\\u4e2d").get().equals("a\\u00e9\\u4e2d")) throw new AssertionError("other letters");
        if (!s.longestClimb("cbaab").get().equals("ab")) throw new AssertionError("at the end");
    }
}
""",
        """        if (text.isEmpty()) return Optional.empty();
        int best = 0, length = 1, start = 0;
        for (int i = 1; i < text.length(); i++) {
            if (text.charAt(i) <= text.charAt(i - 1)) start = i;
            if (i - start + 1 > length) {
                length = i - start + 1;
                best = start;
            }
        }
        return Optional.of(text.substring(best, best + length));
    }
}
""",
    ),
    _row(
        "JavaScript/drop-runs",
        "",
        "/* " + _DROP_RUNS % ("", "  >>> dropRuns([1, 2, 2, 2, 1], 3)\n  [1, 1]\n  */\n"),
        "const dropRuns = (values, least) => {\n",
        """const testDropRuns = () => {
  const same = (a, b) => console.assert(JSON.stringify(a) === JSON.stringify(b))
  same(dropRuns([1, 2, 2, 2, 1], 3), [1, 1])
  same(dropRuns([], 2), [])
  same(dropRuns([5], 1), [])
  same(dropRuns([5, 5, 6, 7, 7], 2), [6])
  same(dropRuns([3, 3, 4, 4, 4, 3, 3], 3), [3, 3, 3, 3])
  same(dropRuns(['1', 1, 1], 2), ['1'])
}

testDropRuns()
""",
        """  const kept = []
  for (let i = 0; i < values.length; ) {
    let end = i
    while (end < values.length && values[end] === values[i]) end++
    if (end - i < least) kept.push(...values.slice(i, end))
    i = end
  }
  return kept
}

""",
    ),
    _row(
        "JavaScript/by-initial",
        "",
        "/* The words by their first letter, as a Map whose keys come in the order of the first word of each; the empty\n"
        "  word has the key undefined. The array that was passed is empty afterwards.\n"
        '  >>> byInitial(["oak", "elm", "olive"])\n  Map { "o" => ["oak", "olive"], "e" => ["elm"] }\n  */\n',
        "const byInitial = (words) => {\n",
        """const testByInitial = () => {
  const assert = require('node:assert')
  const words = ['oak', 'elm', 'olive']
  assert.deepStrictEqual([...byInitial(words)], [['o', ['oak', 'olive']], ['e', ['elm']]])
  assert.deepStrictEqual(words, [])
  assert.deepStrictEqual(byInitial(['', 'a', '']), new Map([[undefined, ['', '']], ['a', ['a']]]))
  assert.deepStrictEqual(byInitial([]), new Map())
}

testByInitial()
""",
        """  const groups = new Map()
  for (const word of words.splice(0)) {
    if (!groups.has(word[0])) groups.set(word[0], [])
    groups.get(word[0]).push(word)
  }
  return groups
}

""",
    ),
]
