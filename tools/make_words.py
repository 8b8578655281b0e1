"""Make data/words/palavras.txt: the most frequent Portuguese words, one a line, most frequent first.

    pip install wordfreq             # 3.1.1; the licence of its data: CC BY-SA 4.0
    python -m tools.make_words

Needed only to make the data again; the course itself ships the file.

Kept are words of 3 to 16 letters of the Portuguese alphabet. Words with a foreign letter (k, w, y), a digit or a
hyphen, words without a vowel, and words that begin with an offensive stem are left out.
"""

import argparse
import codecs
import pathlib
import re

from tools.files import save_all
from tools.options import count
from utils.course import ROOT

try:
    import wordfreq
except ModuleNotFoundError:
    raise SystemExit("Falta o pacote wordfreq, com que se refazem os dados: pip install wordfreq") from None

OUTPUT = ROOT / "data" / "words" / "palavras.txt"
N_WORDS = 20_000
WORD = re.compile("[abcdefghijlmnopqrstuvxzáàâãçéêíóôõú]{3,16}")
VOWEL = re.compile("[aeiouáàâãéêíóôõú]")

# Regular expressions of beginnings of offensive words, in ROT13 so that nobody reads them by accident.
STEMS = """
chgn chgnf$ chgb chgbf$ chgnev chgrveb zreqn obfgn sbqn sbqr sbqv sbqb sbqn-fr pnenyu pnprgr$ cbeen$ cbeenf$ ohprgn
obprg phm[nãbõ] ph$ cêavf cravf cvagb$ cvpn$ cvpnf$ cvebpnf? cnh$ kbkbg knan$ krerpn enorgn ohaqn ohzohz$ crvqb crvqn
zvwb$ zvwn pntbh pntne pntn$ pntnq pntãb pbpô ivnqb(?!h) ivnqv irnqb ovpun$ ovpunf$ ovpuvaun obvby tnl$ tnlf fncngãb
genirpb genirfgv genafrk yéfovp yrfovp ubzbffr urgrebffr ubzbsbo frkb frkh frkv frk$ cbea cbeab cbeaô ahqr ahqrf ahqrm
crynq[nb]f? grfãb grfhq chaurg znfgheo betnfzb betnf rwnphy rfcrez intva ihyin pyvgóevf cebfgvg inqvn inqvb intnohaq
encnevtn$ encnevtnf$ cvenaun rfghce rfgehc crqbs crqós vaprfgb nohf[bnr]$ nohfbf$ nfféqvb ergneqnq vqvbg vzorpvy
vzorpvf bgáev ononp pergva qrovy qéovy zbatby nyrvwnq znpnpb$ znpnpbf$ artevau pevbhy whqvnevn anmv uvgyre ubybpnhfg
snfpvf enpvf rfpebg fnsnq pbeabf?$ pbeahq qrftençnq sqc$ cdc$ ifs$ xey$ gap$ igap$ neebzo pnonçb pbeehcv fhvpíq fhvpvq
rfghcenq zngne$ nffnffva ubzvpíq greebevf avtt shpx fuvg ovgpu qvpx$ chffl pbpx$ nff$ nany$ âahf nahf$ genaf$ reógvp
rebgvp vaprfg chgm$ bgnevb creireg gnenq fnqvf znfbdh travgny grfgíphy grfgvphy srgvpu fjvat$ betvn onfgneq pnqryn
obdhrgr puhcn puhcrgn$ tbmne tbmb tbmrv tbmnq tbmbh raeno inpn$ inpnf$ fbqbz qebtn pbpnían znpbaun urebían$ qrtby
qrpncvg gbeghe rfpeni zbeen$ trabpíq trabpvq yvkb$ tbeq ohee[nb]f?$ rfgúcvq rfghcvq nohfr
"""


def offensive():
    """Return the pattern of words that begin with an offensive stem."""
    return re.compile("|".join(codecs.decode(STEMS, "rot13").split()))


def select(words, n_words):
    """Return the first `n_words` of `words` that are kept."""
    stems = offensive()
    kept = [word for word in words if WORD.fullmatch(word) and VOWEL.search(word) and not stems.match(word)]
    return kept[:n_words]


def main():
    parser = argparse.ArgumentParser(description="Refaz data/words/palavras.txt.")
    parser.add_argument("--words", type=count, default=N_WORDS)
    parser.add_argument("--output", type=pathlib.Path, default=OUTPUT)
    args = parser.parse_args()

    words = select(wordfreq.iter_wordlist("pt", wordlist="small"), args.words)
    save_all({args.output: "".join(f"{word}\n" for word in words)})
    print(f"escritas {len(words)} palavras em {args.output}")


if __name__ == "__main__":
    main()
