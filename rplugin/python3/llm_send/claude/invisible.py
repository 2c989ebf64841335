"""Characters that do not show: which of them Claude Code keeps because they do something, and which it takes away.

Measured on 2.1.329, place by place (tests/test_clean_e2e.py): an emoji's variation selector arrives, one behind a
letter does not; a joiner arrives between Persian letters, not between Latin ones. Most of the others vanish without a
word, and the marks of writing direction stop the send ("Removed 1 invisible character · review and press Enter to
send"). What is kept here arrives as it is; where Claude keeps a little more, we do not.
"""

from __future__ import annotations

import re
from functools import cache

HIDDEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
# Unicode's Emoji property without the digits, which count with a keycap alone
FLAG_LETTER = "\U0001f1e6-\U0001f1ff"
EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u23cf\u23e9-\u23f3\u23f8-\u23fa"
    "\u24c2\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u2604\u260e\u2611\u2614\u2615\u2618\u261d\u2620\u2622\u2623"
    "\u2626\u262a\u262e\u262f\u2638-\u263a\u2640\u2642\u2648-\u2653\u265f\u2660\u2663\u2665\u2666\u2668\u267b\u267e"
    "\u267f\u2692-\u2697\u2699\u269b\u269c\u26a0\u26a1\u26a7\u26aa\u26ab\u26b0\u26b1\u26bd\u26be\u26c4\u26c5\u26c8"
    "\u26ce\u26cf\u26d1\u26d3\u26d4\u26e9\u26ea\u26f0-\u26f5\u26f7-\u26fa\u26fd\u2702\u2705\u2708-\u270d\u270f\u2712"
    "\u2714\u2716\u271d\u2721\u2728\u2733\u2734\u2744\u2747\u274c\u274e\u2753-\u2755\u2757\u2763\u2764\u2795-\u2797"
    "\u27a1\u27b0\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299\U0001f004\U0001f0cf"
    "\U0001f170\U0001f171\U0001f17e\U0001f17f\U0001f18e\U0001f191-\U0001f19a\U0001f201\U0001f202\U0001f21a\U0001f22f"
    "\U0001f232-\U0001f23a\U0001f250\U0001f251\U0001f300-\U0001f321\U0001f324-\U0001f393\U0001f396\U0001f397"
    "\U0001f399-\U0001f39b\U0001f39e-\U0001f3f0\U0001f3f3-\U0001f3f5\U0001f3f7-\U0001f4fd\U0001f4ff-\U0001f53d"
    "\U0001f549-\U0001f54e\U0001f550-\U0001f567\U0001f56f\U0001f570\U0001f573-\U0001f57a\U0001f587\U0001f58a-\U0001f58d"
    "\U0001f590\U0001f595\U0001f596\U0001f5a4\U0001f5a5\U0001f5a8\U0001f5b1\U0001f5b2\U0001f5bc\U0001f5c2-\U0001f5c4"
    "\U0001f5d1-\U0001f5d3\U0001f5dc-\U0001f5de\U0001f5e1\U0001f5e3\U0001f5e8\U0001f5ef\U0001f5f3\U0001f5fa-\U0001f64f"
    "\U0001f680-\U0001f6c5\U0001f6cb-\U0001f6d2\U0001f6d5-\U0001f6d7\U0001f6dc-\U0001f6e5\U0001f6e9\U0001f6eb\U0001f6ec"
    "\U0001f6f0\U0001f6f3-\U0001f6fc\U0001f7e0-\U0001f7eb\U0001f7f0\U0001f90c-\U0001f93a\U0001f93c-\U0001f945"
    "\U0001f947-\U0001f9ff\U0001fa70-\U0001faf8"
)
FLAGS = "|".join("".join(chr(0xE0000 + ord(letter)) for letter in name) for name in ("gbeng", "gbsct", "gbwls"))
JOINING = (  # Arabic, Syriac, the scripts of India, Sri Lanka, Tibet, Burma and Cambodia
    "\u0606-\u061b\u061d-\u074f\u0750-\u077f\u0870-\u088f\u08a0-\u08e1\u08e3-\u0dff\u0f00-\u0fff\u1000-\u109f"
    "\u1780-\u17b3\u17b6-\u17ff\uaa60-\uaa7f\ufb50-\ufdfb\ufe70-\ufefc"
)
ARABIC = "\u0620-\u064a\u066e-\u06d5"
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff"  # Thai, Lao, Burmese, Khmer: words without blanks
MONGOLIAN = "\u1820-\u1878\u1880-\u18aa"
HIEROGLYPH = "\U00013000-\U0001342f"
SHORTHAND = "\U0001bc00-\U0001bc9f"
MATHEMATICAL = "\u2200-\u22ff\u2a00-\u2aff"
COMBINING = "\u0300-\u034e\u0350-\u036f\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u1ab0-\u1ace\u1dc0-\u1dff\u20d0-\u20f0"
RIGHT_TO_LEFT = "\u05d0-\u05ea\u05ef-\u05f4\u0620-\u064a\u066e-\u06d5\u0710-\u072f\ufb1d-\ufdfb\ufe70-\ufefc"
DIRECTION = "\u061c\u200e\u200f"

WITH_MEANING = (
    rf"(?<=[{EMOJI}{FLAG_LETTER}])[\ufe0e\ufe0f]",
    "(?<=[0-9#*])[\ufe0e\ufe0f](?=\u20e3)",
    rf"(?<=[{EMOJI}])\u200d(?=[{EMOJI}])",
    rf"(?<=[{EMOJI}]\ufe0f)\u200d(?=[{EMOJI}])",
    rf"(?<=\U0001f3f4)(?:{FLAGS})\U000e007f",
    rf"(?<=[{JOINING}])(?<!\d)[\u200c\u200d]",
    rf"(?<=[A-Za-z])\u200c(?=[{ARABIC}])",
    rf"(?<=[{UNSPACED}])\u200b(?=[{UNSPACED}])",
    rf"(?<=[{MONGOLIAN}])[\u180b-\u180f]",
    "(?<=[\u1780-\u17b3])[\u17b4\u17b5]",
    rf"(?<=[{MATHEMATICAL}])\ufe00",
    rf"(?<=[^{HIDDEN}])\u034f(?=[{COMBINING}])",
    rf"(?<=[{HIEROGLYPH}])[\U00013430-\U0001343f]",
    rf"(?<=[{SHORTHAND}])[\U0001bca0-\U0001bca3]",
)


def without_hidden(text: str) -> tuple[str, int]:
    """The text without what Claude would take away or stop on, and how many characters that were."""
    if text.isascii() or not re.search(f"[{HIDDEN}]", text):
        return text, 0
    shown = _hidden().sub(lambda found: found[1] or "", text)
    if any(mark in shown for mark in DIRECTION):
        shown = "\n".join(_directed(line) for line in shown.split("\n"))
    return shown, len(text) - len(shown)


@cache  # made when it is needed: it costs five milliseconds
def _hidden() -> re.Pattern[str]:
    """Matches every hidden character; group 1 is what stays. The marks of direction are looked at line by line."""
    return re.compile(f"(?=[{HIDDEN}])(?:({'|'.join(WITH_MEANING)}|[{DIRECTION}])|.)", re.DOTALL)


def _directed(line: str) -> str:
    """A mark of direction stays, one at a place, in a line that has letters written from right to left."""
    before = rf"(?<=[{DIRECTION}])" if re.search(f"[{RIGHT_TO_LEFT}]", line) else ""
    return re.sub(f"{before}[{DIRECTION}]", "", line)
