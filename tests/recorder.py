"""A program that asks for bracketed paste, takes keys raw and keeps every byte: recorder.py FILE."""

import os
import sys
import termios
import tty
from pathlib import Path

tty.setraw(0, termios.TCSANOW)
with Path(sys.argv[1]).open("ab", buffering=0) as kept:
    os.write(1, b"\x1b[?2004hREADY\r\nplan mode on (shift+tab to cycle)\r\n")
    while data := os.read(0, 65536):
        kept.write(data)
