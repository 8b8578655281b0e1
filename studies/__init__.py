"""Where the claims of the lecture are proven: one study a claim, many seeds, fair rivals, a control that must fail.

engine
    What a study is, and how it is measured.
rule
    How a statement is decided, and a claim.
fingerprints
    When an arm has to be measured again.
results
    The form in which a study is stored, in ``results/``, one file a claim.
verdicts
    The cards that lessons show: ``show_verdict("C14", "few_end", here=1.08)``.
common
    What several studies train with and on.
cNN_name
    A study: its arms, its statements with their margins, its null controls.

``make study`` measures what is missing; ``python -m studies C14`` does the same for one claim.
"""

from tools.interruption import watch

watch()

# The studies there are: the claim each decides, and its module in this folder.
STUDIES = {
    "C1": "c01_patterns",
    "C2": "c02_chess",
    "C3": "c03_codings",
    "C6": "c06_undercomplete",
    "C7": "c07_overcomplete",
    "C8": "c08_depth",
    "C9": "c09_remedies",
    "C10": "c10_too_powerful",
    "C11": "c11_maps",
    "C13": "c13_tying_speed",
    "C14": "c14_tying",
    "C15": "c15_pretraining",
    "C16": "c16_convolution",
    "C17": "c17_sequences",
    "C18": "c18_denoising",
    "C19": "c19_robustness",
    "C20": "c20_uses",
}

# They conclude from the results of others, too, and are therefore measured after them.
LAST = ("C20",)
