# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 08 · Denoising autoencoder
#
# [![Abrir no Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/)
#
# **Slides:** Aula 05, seções *Denoising AEs* e *Camada sobrecompleta* · **Tempo de execução:** cerca de 60 s · 2 núcleos, sem GPU
#
# [← Anterior: 07 · Autoencoder recorrente](07_rae.ipynb) · [Sobre o curso](../README.md) · [Próximo: 09 · Síntese →](09_sintese.ipynb)

# %%
start_notebook()

# %%
# @title Bibliotecas e funções auxiliares
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops
from scipy.ndimage import gaussian_filter
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from studies.c19_robustness import word_trigrams
from studies.verdicts import show_verdict
from utils.data import ALPHABET, CLASS_NAMES, load_fashion_mnist, load_words
from utils.drawings import draw_words, show_opening
from utils.exercises import check
from utils.models import compose, make_sae
from utils.plots import PALETTE, animate, show_image_rows
from utils.tables import show_table
from utils.training import Progress, squared_error

# %%
# alt: Cinco peças em três linhas. Na de cima, com metade dos pixels apagada, as peças são pontos soltos. Na do meio,
# alt: o que o dAE devolve: as mesmas peças inteiras, um pouco borradas. Embaixo, os originais.
# @title A figura desta lição
show_opening("08")

# %% [markdown]
# **De onde a rede tirou os pixels que faltavam?** Ela recebeu a linha de cima, com metade dos pixels apagada, e devolveu a do meio.
# Nunca tinha visto estas peças. (As imagens aparecem invertidas: o preto vale 1 e o branco, 0.)
#
# **Você vai aprender:**
# - a montar um *denoising autoencoder*: ruído na entrada, só no treino, e o original limpo como alvo;
# - a compará-lo com bons rivais, em imagens e em palavras, e a medir se os seus codings resistem ao ruído;
# - por que o ruído é um obstáculo que serve até ao AE sobrecompleto.
#
# ## 1. O par x′ e x
#
# Até aqui, o que quase sempre obrigou o AE a aprender foi o gargalo: poucos codings. Há outro obstáculo: **estragar a entrada**.
#
# > **A aula diz (C18):** adicionar ruído às entradas e treinar o AE para recuperar os dados originais, livres de ruído. O ruído
# > pode ser gaussiano ou aleatório (*dropout*), e é aplicado apenas no codificador; a função de erro usa as reconstruções e as
# > entradas originais.
#
# O original é $x$; a versão corrompida, $x'$. Um AE que recebe $x'$ e deve devolver $x$ é um **denoising autoencoder**
# (dAE). Os dois ruídos da aula já são camadas do Keras:
#
# - `GaussianNoise(0.4)` soma a cada pixel um número sorteado de uma normal com desvio padrão 0,4;
# - `Dropout(0.5)` zera cada pixel com probabilidade 0,5 e dobra os que ficam: assim a soma continua, em média, a mesma.

# %%
fashion = load_fashion_mnist()
x_train, x_valid, x_test = (part.images for part in fashion)
y_train, y_valid, y_test = (part.labels for part in fashion)

garments = ("suéter", "calça", "sandália", "bota", "bolsa")
five = x_test[[np.flatnonzero(y_test == CLASS_NAMES.index(name))[0] for name in garments]]

# %%
# alt: Cinco peças e três linhas embaixo delas. Com o ruído gaussiano a imagem inteira fica coberta de grãos; com o
# alt: dropout sobram pontos soltos de cada peça. Fora do treino, o dropout devolve as peças como estavam.
gaussian, dropout = layers.GaussianNoise(0.4), layers.Dropout(0.5)
rows = {
    "originais": five,
    "gaussiano,\nno treino": np.clip(gaussian(five, training=True), 0, 1),
    "dropout,\nno treino": np.clip(dropout(five, training=True), 0, 1),
    "dropout,\nfora do treino": dropout(five, training=False),
}
show_image_rows(rows, title="O ruído só age no treino")
plt.show()

# %% [markdown]
# O `fit` liga o ruído, com um sorteio novo a cada passo; o `predict` o desliga. (Na figura, cortamos o que passa de 1 ou fica
# abaixo de 0.)
#
# O dAE é o SAE da [lição 03](03_sae_tsne.ipynb) com uma dessas camadas antes do codificador. Repare no `fit`: `x_some` é a entrada
# **e** o alvo, mas só a entrada passa pelo ruído.

# %% tags=["nbval-ignore-output"]
x_some = x_train[:20_000]
encoder, decoder = make_sae(n_codings=30).layers

dae = keras.Sequential([keras.Input((28, 28)), layers.Dropout(0.5), encoder, decoder])
dae.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
history = dae.fit(x_some, x_some, batch_size=128, epochs=5, verbose=0, callbacks=[Progress("dAE")])


# %% [markdown]
# Para ver o par, fazemos o $x'$ nós mesmos, com a camada em modo de treino.

# %%
# opening
# alt: Cinco peças em três linhas. Na de cima, com metade dos pixels apagada, as peças são pontos soltos. Na do meio,
# alt: o que o dAE devolve: as mesmas peças inteiras, um pouco borradas. Embaixo, os originais.
def erase(images, share=0.5):
    """Apaga ao acaso uma parte dos pixels, como o Dropout no treino."""
    return np.asarray(layers.Dropout(share, seed=SEED)(images, training=True))


of_dae = dae.predict(erase(five), verbose=0)
rows = {"entrada x′": np.clip(erase(five), 0, 1), "saída do dAE": of_dae, "alvo x": five}
show_image_rows(rows, title="Entra corrompido, cobra-se o original")
plt.show()

# %% [markdown]
# Cada pixel que falta tem de ser deduzido dos que ficaram. Para isso, a rede precisa saber como são as roupas.
#
# ## 2. Quem limpa melhor?
#
# Limpar um pouco é fácil. Por isso o dAE enfrenta três rivais:
#
# - um **filtro**: cada pixel vira a média dos vizinhos, e os que são zero, talvez apagados, quase não contam;
# - o **SAE**: a mesma rede e o mesmo treino, mas sem ruído;
# - uma **regressão linear** treinada com o mesmo ruído: vai dos 784 pixels corrompidos aos 784 limpos, sem gargalo.
#
# A medida é a **PSNR** (*peak signal-to-noise ratio*), o erro em decibéis: $-10 \log_{10} \text{MSE}$. Quanto maior, melhor, e
# 3 dB a mais são metade do erro. **Antes de rodar, aposte:** em que ordem os quatro chegam?

# %% tags=["nbval-ignore-output"]
sae = make_sae(n_codings=30)
sae.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
history = sae.fit(x_some, x_some, batch_size=128, epochs=5, verbose=0, callbacks=[Progress("SAE, sem ruído")])


# %%
def mean_of_neighbours(images):
    """A média dos vizinhos; quem é zero conta cinquenta vezes menos. Depois, desfaz o dobro do Dropout."""
    weights = np.where(images > 0, 1, 0.02).astype("float32")
    sums, total = (gaussian_filter(values, (0, 0.5, 0.5)) for values in (images * weights, weights))
    return 0.5 * sums / total


ridge = Ridge().fit(erase(x_some).reshape(-1, 784), x_some.reshape(-1, 784))
cleaners = {
    "com ruído": lambda images: images,
    "filtro": mean_of_neighbours,
    "SAE": lambda images: sae.predict(images, batch_size=1000, verbose=0),
    "regressão linear": lambda images: ridge.predict(images.reshape(-1, 784)).reshape(-1, 28, 28),
    "dAE": lambda images: dae.predict(images, batch_size=1000, verbose=0),
}
noisy = erase(x_test)
error = {name: squared_error(x_test, np.clip(clean(noisy), 0, 1)).mean() for name, clean in cleaners.items()}

# %%
# alt: Cinco peças, as mesmas corrompidas, e o que cada um faz delas, com a PSNR na margem. O filtro deixa manchas; o
# alt: SAE e a regressão linear deixam a bolsa e a bota listradas; o dAE as devolve lisas, e tem a maior PSNR.
# @title A figura
rows = {"originais": five}
for name, clean in cleaners.items():
    psnr = f"{-10 * np.log10(error[name]):.1f} dB".replace(".", ",")
    rows[f"{name}\n{psnr}"] = np.clip(clean(erase(five)), 0, 1)
show_image_rows(rows, title="Metade dos pixels apagada: o dAE tem a maior PSNR")
plt.show()

# %%
# alt: Uma reta, com uma linha na margem, 1,25, e o intervalo do estudo, uma barra grossa, à direita dela.
show_verdict("C18", "dropout_sae", here=error["SAE"] / error["dAE"])

# %% [markdown]
# **Leitura.** A aula tem razão: a mesma rede, sem ruído no treino, erra bem mais. A regressão linear, que treinou com ruído, chega
# perto; com mais treino para o dAE, no [estudo](../docs/afirmacoes.md#c18), ela erra 26 % mais do que ele, e o melhor de seis
# filtros, 42 %. Com ruído gaussiano, o dAE, a
# regressão e o SAE chegam na mesma ordem. Mas quem sabe *quais* pixels foram apagados vai além: um filtro que tira a média só dos vizinhos que ficaram
# erra 26 % *menos* do que o dAE, que não sabe.
#
# ### Com mais ruído, e com menos
#
# O dAE treinou com metade dos pixels apagada. E se apagarmos outra parte?

# %%
# alt: Animação. Cinco peças com pixels apagados, e o que o SAE e o dAE fazem delas, com a PSNR. Sem pixels apagados o SAE
# alt: reconstrói melhor; com metade, três quartos e nove décimos, o dAE, e o SAE deixa as peças cada vez mais escuras e rasgadas.
frames = []
for share in (0.75, 0.9, 0, 0.25, 0.5):
    x_noisy, rows = erase(x_test[:2000], share), {"com ruído": np.clip(erase(five, share), 0, 1)}
    for name in ("SAE", "dAE"):
        psnr = -10 * np.log10(squared_error(x_test[:2000], cleaners[name](x_noisy)).mean())
        rows[f"{name}, {psnr:.1f} dB".replace(".", ",")] = cleaners[name](erase(five, share))
    frames.append(show_image_rows(rows, title=f"{100 * share:.0f} % dos pixels apagados"))
animate(frames, seconds=1.5)

# %% [markdown]
# Com mais ruído do que viu, o dAE piora devagar, e sua vantagem até cresce. Sem ruído nenhum, quem reconstrói melhor é o
# SAE: treinar com ruído tem um preço em imagens limpas. Com pouco ruído, aliás, passar
# a imagem por 30 números custa mais do que ele: no estudo, com ruído gaussiano de 0,1, a regressão linear erra menos da metade do que erra o
# dAE.
#
# ## 3. Os codings resistem?
#
# > **A aula diz (C19):** a representação deve ser robusta à introdução de ruídos nos padrões; dAEs podem ser usados para remover
# > ruídos de dados em geral (textos, imagens etc.).
#
# Uma representação é **robusta** se quem a usa quase não percebe o ruído. Treinamos um classificador linear com os codings de
# 5.000 imagens **limpas**, e o julgamos com os codings de imagens com pixels apagados, que ele nunca viu. Por justiça, cada rede recebe os
# pixels que ficam como eram ou aumentados, o que for melhor na validação. **Antes de rodar, aposte:** com metade dos
# pixels apagada, quantos pontos de acurácia separam o dAE do SAE?

# %%
def percent_right(model, classifier, images, labels):
    """Quantas imagens, em %, o classificador acerta com os codings que o modelo dá a elas."""
    return 100 * classifier.score(model.get_layer("encoder").predict(images, batch_size=1000, verbose=0), labels)


shares, accuracy = (0, 0.25, 0.5, 0.75, 0.9), {"SAE": [], "dAE": []}
for name, model in (("SAE", sae), ("dAE", dae)):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=2000))
    classifier.fit(model.get_layer("encoder").predict(x_train[:5000], verbose=0), y_train[:5000])
    for share in shares:
        factors = (1, 1 - share)  # os pixels que ficam, aumentados ou como eram
        in_validation = [percent_right(model, classifier, f * erase(x_valid, share), y_valid) for f in factors]
        factor = factors[np.argmax(in_validation)]
        accuracy[name].append(percent_right(model, classifier, factor * erase(x_test, share), y_test))

# %%
# alt: A acurácia contra a parte dos pixels apagada, em duas curvas que descem. Elas começam juntas; a do dAE desce mais
# alt: devagar do que a do SAE, e a distância cresce com o ruído.
# @title A figura
fig, ax = plt.subplots(figsize=(7.5, 3.6))
for name, colour, dark in (("SAE", "green", "#006B4E"), ("dAE", "pink", "#A0457A")):
    ax.plot(100 * np.array(shares), accuracy[name], "o-", color=PALETTE[colour])
    ax.text(92, accuracy[name][-1], name, color=dark, va="center")
ax.axvline(50, color=PALETTE["grey"], linestyle=":")
ax.text(51, ax.get_ylim()[0] + 1, "ruído do treino do dAE", color=PALETTE["grey"], fontsize=10)
ax.set(title="Quanto mais ruído, maior a vantagem dos codings do dAE", xlim=(-3, 100))
ax.set(xlabel="pixels apagados (%)", ylabel="acurácia no teste (%)")
plt.show()

# %%
# alt: Uma reta, com uma linha na margem, e o intervalo do estudo, uma barra grossa. Um ponto mostra esta execução.
show_verdict("C19", "dropout", here=accuracy["dAE"][2] - accuracy["SAE"][2])

# %% [markdown]
# **Leitura.** Em imagens limpas, os dois codings servem quase o mesmo. Com ruído, a acurácia do SAE cai mais depressa. O
# classificador nunca viu ruído: quem resiste é a representação. O cartão diz se isso se mantém com outros ruídos e rivais.
#
# ## 4. Palavras com letras trocadas
#
# A aula fala também de *textos*. Aqui os dados são 16.000 palavras do português, e o ruído troca uma ou duas letras de cada uma
# por outras. É mais difícil do que apagar: nada diz *quais* foram trocadas. Cada palavra são 16 números, um por letra, com zeros
# depois da última.

# %%
def spelled(words):
    """Palavras como números: uma linha cada, e zeros depois da última letra."""
    codes = np.zeros((len(words), 16), np.uint8)
    for row, word in zip(codes, words, strict=True):
        row[: len(word)] = [1 + ALPHABET.index(letter) for letter in word]
    return codes


def misspelled(codes, rng):
    """Troca uma ou duas letras de cada palavra por outras, sorteadas."""
    order = np.where(codes > 0, rng.random(codes.shape), 2).argsort(axis=1).argsort(axis=1)
    changed = order < rng.integers(1, 3, len(codes))[:, None]
    others = (codes - 1 + rng.integers(1, 35, codes.shape)) % 35 + 1
    return np.where(changed, others, codes).astype(np.uint8)


# %% [markdown]
# Para este ruído não há camada pronta, e montamos o par: `fit(x_noisy, x)`. Cada palavra do treino aparece dez vezes, com trocas
# diferentes. A camada `Embedding` converte cada letra em 36 números, que a rede aprende; a saída dá, para cada posição, a
# probabilidade de cada letra.

# %% tags=["nbval-ignore-output"]
words = load_words()
x = np.tile(spelled(words.train), (10, 1))
x_noisy = misspelled(x, np.random.default_rng(SEED))

word_encoder = keras.Sequential(
    [
        keras.Input((16,)),
        layers.Embedding(36, 36),
        layers.Flatten(),
        layers.Dense(512, activation="gelu"),
        layers.Dense(256, activation="gelu"),
    ],
    name="encoder",
)
word_decoder = keras.Sequential(
    [keras.Input((256,)), layers.Dense(16 * 36), layers.Reshape((16, 36)), layers.Softmax()], name="decoder"
)
word_dae = keras.Sequential([word_encoder, word_decoder])
word_dae.compile(optimizer=keras.optimizers.Adam(0.001), loss="sparse_categorical_crossentropy")
history = word_dae.fit(x_noisy, x, batch_size=256, epochs=1, verbose=0, callbacks=[Progress("dAE de palavras")])

# %% [markdown]
# O rival são os **trigramas**: a probabilidade de cada letra depois de duas outras, contada nas mesmas 16.000 palavras. Em cada posição ele
# escolhe a letra mais provável, dadas todas as que vê. **Antes de rodar, aposte:** em 2.000 palavras novas, quem deixa mais letras
# certas: ninguém, os trigramas ou o dAE?

# %%
real = spelled(words.test)
changed = misspelled(real, np.random.default_rng([SEED, 1]))
correct_by_trigrams, _ = word_trigrams(1, SEED)
likeliest = 1 + word_dae.predict(changed, batch_size=1000, verbose=0)[..., 1:].argmax(axis=-1)
versions = {
    "como chegou": changed,
    "trigramas": correct_by_trigrams(changed),
    "dAE": np.where(changed > 0, likeliest, 0),
}
kinds = {"todas": real > 0, "trocadas": changed != real, "não trocadas": (real > 0) & (changed == real)}
right = {kind: [100 * np.mean((codes == real)[of]) for codes in versions.values()] for kind, of in kinds.items()}
columns = {f"certas, {kind} (%)": values for kind, values in right.items()}
show_table({"letras": list(versions), **columns}, digits=1)

# %%
# alt: Dez palavras em quatro colunas: a original, como chegou, com uma ou duas letras marcadas em laranja, e como os
# alt: trigramas e o dAE a devolvem, com menos ou mais letras marcadas.
some = np.random.default_rng(SEED).choice(len(real), 10, replace=False)
rows = {name: ["".join(ALPHABET[c - 1] for c in codes[i] if c) for i in some] for name, codes in versions.items()}
draw_words([words.test[i] for i in some], rows, title="Em laranja, as letras diferentes da palavra original")
plt.show()

# %%
# alt: Uma reta, com uma linha na margem, e o intervalo do estudo, uma barra grossa. Um ponto mostra esta execução.
show_verdict("C19", "words_left", here=right["todas"][2] - right["todas"][0])

# %% [markdown]
# **Leitura.** A tabela separa dois lados: quantas das letras trocadas voltam, e quantas das outras se estragam. Os trigramas quase não
# mexem no que está certo, e consertam cerca de três em cada dez trocadas. <<W: o dAE, em uma frase, depois de ver a tabela>>
#
# **E um tabuleiro?** Cubra casas de uma posição de xadrez e peça o que havia nelas. É um dAE, com um ruído que apaga casas
# inteiras. Hoje isso tem nome: *masked modelling*, modelagem com máscara. É assim que se pré-treinam modelos de linguagem como
# o BERT: cobrem-se palavras, e a rede as adivinha pelas outras. O estudo de C19 mede também esse caso.
#
# ## 5. O sobrecompleto, de novo
#
# > **A aula diz (C7):** não há compressão na camada oculta, cada unidade pode apenas copiar um componente da entrada, e não
# > há garantia de que as unidades extraiam uma estrutura que tem significado.
#
# Na [lição 02](02_ae_basico.ipynb), sem gargalo, o AE caminhou para a cópia. O ruído fecha esse caminho: quem copia $x'$ devolve
# furos, e erra. Treinamos duas vezes um AE com 1.000 codings, mais do que os 784 pixels: sem ruído e com metade dos pixels
# apagada. **Antes de rodar, aposte:** o que cada um faz de pixels embaralhados, em que não há roupa nenhuma?

# %% tags=["nbval-ignore-output"]
x_few = x_train[np.random.default_rng(SEED).permutation(len(x_train))[:10_000]]


def make_overcomplete(noise=None, *obstacle):
    """Um AE de 1.000 codings, com um obstáculo: uma camada de ruído na frente, ou outra depois dos codings."""
    coding_layer = layers.Dense(1000, activation="gelu", name="codings")
    output = layers.Dense(28 * 28, activation="sigmoid")
    return compose([layers.Flatten(), coding_layer, *obstacle], [output, layers.Reshape((28, 28))], 1000, noise)


overcomplete = {"sem ruído": make_overcomplete(), "com ruído": make_overcomplete(layers.Dropout(0.5))}
for name, model in overcomplete.items():
    model.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
    model.fit(x_few, x_few, batch_size=32, epochs=3, verbose=0, callbacks=[Progress(f"1.000 codings, {name}")])

# %%
# alt: Um suéter, uma bota e três imagens de pixels embaralhados; embaixo, o que devolvem os dois AEs de 1.000 codings, sem e
# alt: com ruído no treino. <<O: o que se vê>>
shuffled = np.random.default_rng(SEED).permuted(x_test[:3].reshape(3, 784), axis=1).reshape(3, 28, 28)
columns = np.concatenate([five[[0, 3]], shuffled])
titles = ["suéter", "bota", *["embaralhada"] * 3]
rebuilt = {"originais": columns}
for name, model in overcomplete.items():
    rebuilt[name] = model.predict(columns, verbose=0)
show_image_rows(rebuilt, title="Com ruído no treino, o que não tem padrão não volta", column_titles=titles)
plt.show()

# %% [markdown]
# **Leitura.** <<O: o que se vê nas embaralhadas, sem e com ruído>> No [estudo](../docs/afirmacoes.md#c7), que treina oito vezes mais, o AE sem ruído devolve 22 % de imagens embaralhadas, e
# com ruído, nada. E os 1.000 codings ficam mais úteis: um classificador linear com 2.000 rótulos vai de 81,5 % de acurácia a 83,9 %. O erro
# de reconstrução é *maior*, e os codings são *melhores*. Gargalo e ruído são duas formas da mesma ideia: fazer com que copiar não compense.
#
# ## Recapitulando
#
# - Um dAE recebe $x'$, corrompido, e é cobrado por $x$, o original; a camada de ruído age só no treino (C18).
# - No ruído do treino ele erra menos do que o SAE, um filtro e uma regressão linear; com pouco ruído, o gargalo pesa mais.
# - Com pixels apagados, um classificador que só viu imagens limpas acerta mais com os codings do dAE do que com os do SAE (C19).
# - O mesmo par serve a palavras; cobrir e adivinhar, em tabuleiros e textos, é *masked modelling*.
# - Com ruído, até um AE sobrecompleto deixa de copiar, e seus codings ficam mais úteis (C7).
#
# ## Vamos exercitar
#
# Escreva sua resposta no lugar das reticências e rode a célula. Ela diz se você acertou e, se não, dá uma dica.
#
# ### Exercício 08.1 · Dropout à mão
#
# Escreva `dropout_by_hand`, que faz o que a camada `Dropout(rate)` faz no treino. `keep` tem a forma de `x`, com 1 onde o
# valor fica e 0 onde é apagado. Não se esqueça do que acontece com os valores que **ficam**.

# %%
def dropout_by_hand(x, keep, rate):
    return ...


check("08.1", dropout_by_hand)


# %% [markdown]
# <details><summary>Solução</summary>
#
# Os que ficam são divididos por 1 − rate: assim a soma continua, em média, a mesma, e a rede não estranha a entrada inteira na
# hora do uso.
#
# ```python
# def dropout_by_hand(x, keep, rate):
#     return x * keep / (1 - rate)
#
#
# check("08.1", dropout_by_hand)
# ```
#
# </details>

# %% [markdown]
# ### Exercício 08.2 · Verdadeiro ou falso
#
# Quais frases são verdadeiras? Responda com um conjunto de letras, como `{"a", "b"}`.
#
# - **a)** No `predict`, a camada de ruído continua a corromper a entrada.
# - **b)** O erro de validação de um dAE pode ser menor que o de treino sem nada de errado.
# - **c)** Com ruído na entrada, copiar deixa de dar o menor erro.
# - **d)** Quanto mais ruído no treino, melhor o dAE reconstrói imagens limpas.
# - **e)** Um dAE pode ter mais codings que entradas.
# - **f)** O ruído também deve ser posto no alvo, para que os dois lados combinem.

# %%
true_sentences = ...

check("08.2", true_sentences)

# %% [markdown]
# <details><summary>Solução</summary>
#
# São verdadeiras **b**, **c** e **e**. O ruído está desligado no `predict` (a), e por isso a validação é mais fácil do que o treino (b).
# Quem copia devolve o ruído (c), e então até mais codings que entradas servem (e). A animação mostra o preço em imagens limpas (d). O alvo é sempre o
# original (f).
#
# ```python
# true_sentences = {"b", "c", "e"}
#
# check("08.2", true_sentences)
# ```
#
# </details>

# %% [markdown]
# ### Exercício 08.3 · Projete e treine: o seu próprio ruído
#
# Invente um ruído que não esteja na lição: uma tarja, um risco, linhas que faltam, sal e pimenta... Escreva `corrupt`, que recebe imagens e
# um gerador do NumPy, `rng`, e devolve as imagens corrompidas. Treine em menos de um minuto um dAE que o desfaça, composto de
# `encoder` e `decoder`, com esses nomes. Em imagens novas, ele deve **errar menos do que uma regressão linear** treinada com o seu ruído em
# 10.000 imagens. O ruído precisa estragar: erro de 0,01 ou mais.

# %%
def corrupt(images, rng):
    return ...


my_dae = ...

check("08.3", (corrupt, my_dae))


# %% [markdown]
# <details><summary>Solução</summary>
#
# Um quadrado preto em um lugar sorteado. A cada época o sorteio é outro. A regressão linear não sabe que os pixels pretos são
# *juntos* um quadrado; a rede aprende a vê-lo, e adivinha o que há embaixo.
#
# ```python
# def corrupt(images, rng):
#     noisy = images.copy()
#     places = rng.integers(0, 17, size=(len(images), 2))
#     for image, (row, column) in zip(noisy, places, strict=True):
#         image[row : row + 12, column : column + 12] = 1
#     return noisy
#
#
# rng = np.random.default_rng(8)
# my_dae = make_sae(n_codings=60)
# my_dae.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
# for epoch in range(4):
#     my_dae.fit(corrupt(x_train, rng), x_train, batch_size=256, epochs=1, verbose=0)
#
# check("08.3", (corrupt, my_dae))
# ```
#
# </details>

# %% [markdown]
# ## Para ir além
#
# **O terceiro obstáculo: codings esparsos.** Deixe o AE ter 1.000 codings, mas permita que só 30 sejam usados em cada imagem: os
# maiores ficam, e os outros viram zero. Cada imagem escolhe os seus. É o *k-sparse autoencoder* de Makhzani e Frey. (Outra
# forma é somar ao erro uma multa proporcional a $\sum |h_i|$, o regularizador L1.)

# %%
class KeepLargest(layers.Layer):
    """Deixa os maiores codings de cada exemplo e zera os outros."""

    def __init__(self, kept, **kwargs):
        super().__init__(**kwargs)
        self.kept = kept

    def call(self, codings):
        smallest = ops.top_k(codings, self.kept)[0][:, -1:]
        return ops.where(codings >= smallest, codings, 0.0)


# %% tags=["nbval-ignore-output"]
sparse = make_overcomplete(None, KeepLargest(30))
sparse.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
history = sparse.fit(x_few, x_few, batch_size=32, epochs=1, verbose=0, callbacks=[Progress("AE esparso")])

used = (sparse.get_layer("encoder").predict(x_test[:1000], verbose=0) != 0).mean(axis=1) * 1000
show_table({"codings usados por imagem, em média": [used.mean()]}, digits=1)

# %%
# alt: Um suéter, uma bota e três imagens de pixels embaralhados; embaixo, o que devolvem os três AEs de 1.000 codings: sem
# alt: obstáculo, com ruído e esparso. <<S: o que se vê>>
rebuilt["esparso"] = sparse.predict(columns, verbose=0)
show_image_rows(rebuilt, title="Com 30 codings por imagem, as embaralhadas também não voltam", column_titles=titles)
plt.show()

# %%
# alt: Uma reta, com uma linha na margem, 10, e o intervalo do estudo, uma barra grossa, à direita dela.
show_verdict("C7", "sparsity_copies")

# %% [markdown]
# O AE esparso também deixa de copiar. Mas obstáculos não são todos iguais: no estudo, só os codings com ruído ficaram mais úteis ao
# classificador; os esparsos, com 80,3 %, ficaram um pouco abaixo dos que não tiveram obstáculo.

# %% [markdown]
# ## Referências
#
# - R. G. Mantovani. *Aula 05: Autoencoders*. Métodos e Modelos Avançados em Ciência de Dados, UTFPR.
# - P. Vincent, H. Larochelle, Y. Bengio, P.-A. Manzagol. *Extracting and composing robust features with denoising autoencoders*.
#   ICML 2008.
# - P. Vincent, H. Larochelle, I. Lajoie, Y. Bengio, P.-A. Manzagol. *Stacked denoising autoencoders*. Journal of Machine Learning
#   Research 11 (2010), p. 3371-3408.
# - A. Makhzani, B. Frey. *k-sparse autoencoders*. ICLR 2014.
# - J. Devlin, M.-W. Chang, K. Lee, K. Toutanova. *BERT: pre-training of deep bidirectional transformers for language understanding*.
#   NAACL 2019.
# - A. Géron. *Hands-On Machine Learning with Scikit-Learn, Keras, and TensorFlow*, 2ª ed., O'Reilly, 2019, cap. 17.
#
# **A seguir:** todos os AEs do curso lado a lado, e qual usar para quê, na [lição 09](09_sintese.ipynb).
