"""The course's commands, and what they share."""

from tools.interruption import watch

watch()
