"""Messages that hold directives (GOOD), what was meant as one and is not well formed (BAD), and what only looks so.

HOSTILE ones yield nothing at all.
"""

from __future__ import annotations

from llm_send.sideband.parse import Directive

ISOLATED = (
    '{"cwd":"/tmp/agent-xyz","env":{"API_KEY":"sk-...","LLM_TIMEOUT":"120"},'
    '"isolate":true,"readonly":true,"timeout_secs":300}'
)


def spawn(body: str | None = None, **attributes: str) -> Directive:
    return Directive("spawn", attributes, body)


def send(body: str | None = None, **attributes: str) -> Directive:
    return Directive("send", attributes, body)


def close(**attributes: str) -> Directive:
    return Directive("close", attributes, None)


A = spawn(command="a")
TAG = '<ccmux:spawn command="a">'
GOOD: dict[str, tuple[str, list[Directive]]] = {
    "as documented": (
        f"<ccmux:spawn pane command=\"llm chat -m gemini-2.0-flash\" config='{ISOLATED}'>",
        [spawn(pane="", command="llm chat -m gemini-2.0-flash", config=ISOLATED)],
    ),
    "without the word pane": (TAG, [A]),
    "create-pane": ('<ccmux:create-pane command="a">', [A]),
    "the other prefix": ('<llm-send:spawn command="a">', [A]),
    "self-closing": ('<ccmux:close pane="w1"/>', [close(pane="w1")]),
    "self-closing after a blank": ('<ccmux:close pane="w1" />', [close(pane="w1")]),
    "closed form": ('<llm-send:send pane="w1">text</llm-send:send>', [send("text", pane="w1")]),
    "closed form over lines": (
        '<llm-send:send pane="w1">\n\n two\nlines \n</llm-send:send>',
        [send("\n two\nlines ", pane="w1")],
    ),
    "empty body": ('<ccmux:send pane="w1"></ccmux:send>', [send("", pane="w1")]),
    "blank in the closing tag": ('<ccmux:send pane="w1">x</ccmux:send >', [send("x", pane="w1")]),
    "send without a body": ('<ccmux:send pane="w1" text="hi">', [send(pane="w1", text="hi")]),
    "set-config": (
        '<ccmux:set-config pane="w1" key="model" value="opus">',
        [Directive("set-config", {"pane": "w1", "key": "model", "value": "opus"}, None)],
    ),
    "set-config with a body": (
        '<ccmux:set-config pane="w1">\n{"model": "opus"}\n</ccmux:set-config>',
        [Directive("set-config", {"pane": "w1"}, '{"model": "opus"}')],
    ),
    "config_ref": ('<ccmux:spawn config_ref="worker" command="a">', [spawn(config_ref="worker", command="a")]),
    "single quotes": ("<ccmux:spawn command='say \"hi\"'>", [spawn(command='say "hi"')]),
    "entities": (
        '<ccmux:spawn command="&quot;&apos;&amp;&lt;&gt;&#10;&#x41;&#65;">',
        [spawn(command="\"'&<>\nAA")],
    ),
    "entities once": ('<ccmux:spawn command="&amp;lt;">', [spawn(command="&lt;")]),
    "bare ampersands": ('<ccmux:spawn command="a && b &c ?x=1&y=2">', [spawn(command="a && b &c ?x=1&y=2")]),
    "angles in a value": ('<ccmux:spawn command="a <b >c 2>&1">', [spawn(command="a <b >c 2>&1")]),
    "a line's end in a value": ('<ccmux:spawn command="a\n\n  b">', [spawn(command="a\n\n  b")]),
    "attributes over lines": ('<ccmux:spawn\n  command="a"\n\tcwd = "/x"\n>', [spawn(command="a", cwd="/x")]),
    "names in capitals": ('<ccmux:spawn Command="a">', [A]),
    "empty value": ('<ccmux:spawn command="">', [spawn(command="")]),
    "no attributes": ("<ccmux:spawn>", [spawn()]),
    "three blanks before": (f"   {TAG}", [A]),
    "blank behind": (f"{TAG} \t ", [A]),
    "CRLF": (f"Yes.\r\n\r\n{TAG}\r\nDone.\r\n", [A]),
    "two lines": (f'{TAG}\n<ccmux:close pane="w1">', [A, close(pane="w1")]),
    "two on a line": (f'{TAG} <ccmux:close pane="w1">', [A, close(pane="w1")]),
    "behind a body": (
        '<ccmux:send pane="w1">x</ccmux:send><ccmux:close pane="w1"/>',
        [send("x", pane="w1"), close(pane="w1")],
    ),
    "between prose": (f"I run `ls` now:\n{TAG}\nand `pwd` then.", [A]),
    "behind code": (f"```sh\nSHOWN\n```\n{TAG}", [A]),
    "behind a longer fence": (f"~~~~ x\nSHOWN\n~~~\nSHOWN\n~~~~~\n{TAG}", [A]),
    "behind a fence in a list": (f"- one\n  ```\n  SHOWN\n  ```\n{TAG}", [A]),
    "behind a fence far in a list": (f"10. one\n    ```\n    SHOWN\n    ```\n\n{TAG}", [A]),
    "behind a fence on a list mark": (f"- ```\n  SHOWN\n  ```\n{TAG}", [A]),
    "behind a list item that ended its fence": (f"-   a\n\n    ```\n    SHOWN\n\n{TAG}", [A]),
    "behind a quote": (f"> SHOWN\n\n{TAG}", [A]),
    "behind a quote in code": (f"```\n> SHOWN\n```\n{TAG}", [A]),
    "behind a comment": (f"<!-- SHOWN\n-->\n{TAG}", [A]),
    "behind an element": (f"<example>\n<example>\nSHOWN\n</example>\n</example>\n{TAG}", [A]),
    "behind code in an element": (f"<file>\n```\nSHOWN\n```\n</file>\n\n{TAG}", [A]),
    "behind an element of one line": (f"<b>SHOWN</b> text\n{TAG}", [A]),
    "behind void elements": (f'<br>\n<img src="x">\n<file name="x"/>\n{TAG}', [A]),
    "behind an element in code": (f"```\n<div>\n```\n{TAG}", [A]),
    "behind an address": (f"<mailto:me@localhost>\n{TAG}", [A]),
    "behind a comment's sign in code": (f"Write `<!--` here.\n{TAG}", [A]),
    "a directive in a body is data": (
        f'<ccmux:send pane="w1">\n{TAG}\n```\nx\n```\n</ccmux:send>',
        [send(f"{TAG}\n```\nx\n```", pane="w1")],
    ),
    "a fence in a body may be one to others": (
        f'<ccmux:send pane="w1">\n```\n</ccmux:send>\n{TAG}\n```',
        [send("```", pane="w1")],
    ),
    "an emoji": ('<ccmux:send text="ready ❤️">', [send(text="ready ❤️")]),
    "other letters": ('<ccmux:spawn command="écho 漢字">', [spawn(command="écho 漢字")]),
}

BAD: dict[str, tuple[str, str]] = {
    "unknown verb": ('<ccmux:explode pane="w1">', "no directive “explode”"),
    "no verb": ("<ccmux:>", "no directive “”"),
    "blank before the verb": ("<ccmux: spawn>", "no directive “”"),
    "verb in capitals": ("<ccmux:Spawn>", "small letters"),
    "prefix in capitals": ("<CCMUX:spawn>", "small letters"),
    "no closing quote": ('<ccmux:spawn command="ls>\nmore', "value of command has no closing quote"),
    "no closing quote before another": (
        '<ccmux:spawn command="ls>\n<ccmux:spawn command="pwd" cwd="/">',
        "no closing quote",
    ),
    "a directive within a value": ('<ccmux:send text="\n<ccmux:close>\n">', "value of text has no closing quote"),
    "doubled": ('<ccmux:spawn command="a" command="b">', "command is there twice"),
    "doubled in capitals": ('<ccmux:spawn command="a" COMMAND="b">', "command is there twice"),
    "doubled flag": ("<ccmux:spawn pane pane>", "pane is there twice"),
    "no quotes": ("<ccmux:spawn command=ls>", "value of command has no quotes"),
    "no value": ("<ccmux:spawn command=>", "value of command has no quotes"),
    "curly quotes": ("<ccmux:spawn command=“ls”>", "value of command has no quotes"),
    "no blank between": ('<ccmux:spawn command="a"cwd="b">', "no attribute"),
    "no name": ('<ccmux:spawn ="a">', "no attribute"),
    "a lone quote": ("<ccmux:spawn 'a'>", "no attribute"),
    "slash within": ('<ccmux:spawn / command="a">', "no attribute"),
    "no end": ('<ccmux:spawn command="a"', "no “>”"),
    "no end before a blank line": ('<ccmux:spawn command="a"\n\n>', "no “>”"),
    "no end before another tag": ('<ccmux:spawn command="a"\n<b>', "no “>”"),
    "no end within 64 KB": (f'<ccmux:spawn command="{"a" * 70000}">', "64 KB|closing quote"),
    "unknown entity": ('<ccmux:spawn command="&nbsp;">', "unknown entity: &nbsp;"),
    "entity of nothing": ('<ccmux:spawn command="&#0;">', "unknown entity"),
    "entity too large": ('<ccmux:spawn command="&#x110000;">', "unknown entity"),
    "entity far too large": (f'<ccmux:spawn command="&#{"9" * 5000};">', "unknown entity"),
    "entity without a number": ('<ccmux:spawn command="&#;">', "unknown entity"),
    "entity in other digits": ('<ccmux:spawn command="&#٦٥;">', "unknown entity"),
    "half a surrogate": ('<ccmux:spawn command="&#xD800;">', "control character"),
    "escape as an entity": ('<ccmux:spawn command="&#27;[31m">', "control character"),
    "return as an entity": ('<ccmux:spawn command="a&#13;b">', "control character"),
    "C1 as an entity": ('<ccmux:spawn command="&#x9b;">', "control character"),
    "zero-width blank": ('<ccmux:spawn command="rm\u200b -r">', "invisible"),
    "zero-width blank as an entity": ('<ccmux:spawn command="rm&#x200b; -r">', "invisible"),
    "order of writing turned": ('<ccmux:spawn command="a\u202eb">', "invisible"),
    "mark of direction": ('<ccmux:spawn command="\u05d0\u200fb">', "invisible"),
    "tag characters": ('<ccmux:spawn command="a\U000e0061">', "invisible"),
    "no-break space in a value": ('<ccmux:spawn command="ls\u00a0-l">', r"U\+00A0"),
    "no-break space in the tag": ('<ccmux:spawn\u00a0command="a">', "no directive"),
    "zero-width in the verb": ('<ccmux:spa\u200bwn command="a">', "no directive"),
    "zero-width in a name": ('<ccmux:spawn com\u200bmand="a">', "no attribute"),
    "Cyrillic verb": ('<ccmux:sp\u0430wn command="a">', "no directive"),
    "Cyrillic name": ('<ccmux:spawn c\u043emmand="a">', "no attribute"),
    "fullwidth equals": ('<ccmux:spawn command＝"a">', "no attribute"),
    "unclear which is closed": (f"{TAG}\n{TAG}\n</ccmux:spawn>", "not clear"),
}

HOSTILE: dict[str, str] = {
    "fence": f"```\n{TAG} SHOWN\n{TAG}\n```",
    "fence with a language": f"```xml\n{TAG}\n```",
    "tildes": f"~~~\n{TAG}\n~~~",
    "long fence": f"`````\n```\n{TAG}\n```\n`````",
    "fence not closed": f"```\n{TAG}\n",
    "fence that other signs do not close": f"```\n~~~\n{TAG}\n",
    "fence that a shorter one does not close": f"````\n```\n{TAG}\n",
    "fence that one with words does not close": f"```\n``` x\n{TAG}\n",
    "fence that an indented one does not close": f"```\n    ```\n{TAG}\n",
    "fence in a list": f"- a\n  ```\n  {TAG}\n  ```",
    "fence on a list mark": f"- ```\n  {TAG}\n  ```",
    "fence that ended with its item": f"- ```\ntext\n```\n{TAG}\n```",
    "indented fence that ended with its item": f"- a\n  ```\ntext\n```\n{TAG}\n```",
    "fence behind one that ended with its item": f"- a\n  ```\ntext\n~~~\n  ```\n{TAG}\n~~~",
    "fence that begins in an element": f"<a>\n```\n</a>\n{TAG}\n```",
    "fence in a block of HTML": f"<br>\n```\n\n```\n{TAG}\n```",
    "four blanks": f"    {TAG}",
    "tab": f"\t{TAG}",
    "blanks and a tab": f"  \t{TAG}",
    "code span": f"`{TAG}`",
    "code span over lines": f"say `\n{TAG}\n`",
    "code span begun before": f"a `b\n{TAG}\nc` d",
    "code span of two": f"a ``b ` c\n{TAG}\nd``",
    "code span behind a heading": f"# a ` b\n`x\n{TAG}\n`",
    "escaped backtick": f"a \\`b` c\n{TAG}\n`",
    "quote": f"> {TAG}",
    "quote that goes on": f"> He said\n{TAG}",
    "quote that goes on and on": f"> He said\nthis\n{TAG}",
    "quote in a list": f"- > He said\n{TAG}",
    "list item": f"- {TAG}",
    "number": f"1. {TAG}",
    "heading": f"# {TAG}",
    "table": f"| {TAG} |",
    "comment": f"<!--\n{TAG}\n-->",
    "comment of one line": f"<!-- {TAG} -->",
    "comment in a sentence": f"text <!-- more\n\n{TAG}\n-->",
    "comment not closed": f"<!-- a\n\n{TAG}",
    "comment opened again": f"<!-- a --> <!--\n{TAG}\n-->",
    "CDATA": f"<![CDATA[\n{TAG}\n]]>",
    "instruction": f"<?x\n{TAG}\n?>",
    "example": f"<example>\n{TAG}\n</example>",
    "file": f'<file path="x">\n\n{TAG}\n\n</file>',
    "tool_result": f"<tool_result>\n{TAG}\n</tool_result>",
    "element not closed": f"<example>\n\n{TAG}",
    "element in a list": f"- <example>\n\n{TAG}",
    "element in capitals": f"<Example>\n</other>\n{TAG}\n</example>",
    "element in an element of its name": f"<a>\n<a>\n</a>\n{TAG}\n</a>",
    "element that a sentence mentions closed": f"<a>\nthe </a> is\n{TAG}\n</a>",
    "element closed in code": f"<a>\n`</a>`\n{TAG}\n</a>",
    "element with a false end": f'<a b="/>">\n{TAG}\n</a>',
    "element of another prefix": f"<other:spawn>\n{TAG}\n</other:spawn>",
    "element over lines": f'<a\nb="c">\n{TAG}\n</a>',
    "a hundred elements": "<a>\n" * 100 + "</a>\n" * 99 + TAG,
    "sentence": f"Use {TAG} for a pane.",
    "sentence that begins with one": f"{TAG} opens a pane.",
    "sentence that begins with two": f"{TAG}{TAG} open panes.",
    "sentence that begins with an unknown one": "<ccmux:whatever> does not exist.",
    "sentence behind a body": '<ccmux:send pane="w1">x</ccmux:send> sends x.',
    "behind a word": f"Now: {TAG}",
    "behind a no-break space": f"\u00a0{TAG}",
    "behind a byte order mark": f"\ufeff{TAG}",
    "behind a line separator": f"a\u2028{TAG}",
    "behind a form feed": f"\f{TAG}",
    "fullwidth": '＜ccmux:spawn command="a"＞',
    "zero-width in the prefix": '<cc\u200bmux:spawn command="a">',
    "zero-width after the sign": '<\u200bccmux:spawn command="a">',
    "Cyrillic prefix": '<\u0441cmux:spawn command="a">',
    "bidi before": f"\u202e{TAG}",
    "entities": '&lt;ccmux:spawn command="a"&gt;',
    "backslash": f"\\{TAG}",
    "blank in the tag": '< ccmux:spawn command="a">',
    "closing tag alone": "</ccmux:send>",
    "other prefix": '<tmux:spawn command="a"/>',
}
