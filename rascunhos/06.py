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
# # 06 · Autoencoder convolucional: vizinhos importam
#
# [![Abrir no Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/)
#
# **Slides:** Aula 05, seção *Outros modelos de AEs* (*Convolutional AEs*) · **Tempo de execução:** cerca de 75 s · 2 núcleos, sem GPU
#
# [← Anterior: 05 · Pré-treino](05_pretreino.ipynb) · [Sobre o curso](../README.md) · [Próximo: 07 · Autoencoder recorrente →](07_rae.ipynb)

# %%
start_notebook()

# %%
# @title Bibliotecas e funções auxiliares
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from scipy import ndimage

from studies.verdicts import show_verdict
from utils.data import CLASS_NAMES, load_fashion_mnist
from utils.drawings import draw_matrices, show_opening
from utils.exercises import check
from utils.models import SHAPE, compose, make_sae
from utils.plots import animate, show_image_rows
from utils.tables import show_table
from utils.training import Progress, mean_error

# %%
# alt: Cinco peças de roupa e, embaixo, os mesmos pixels em outra ordem: só chuvisco. Seguem as reconstruções, postas de volta na
# alt: ordem: as da rede densa se parecem nos dois casos; as da convolucional, lisas antes da troca, saem chuviscadas depois.
# @title A figura desta lição
show_opening("06")

# %% [markdown]
# **Por que trocar os pixels de lugar atrapalha tanto uma rede, e tão pouco a outra?** A troca é a mesma em todas as imagens, no treino e no teste.
# As reconstruções aparecem com os pixels de volta no lugar. (As imagens vão invertidas: 1 é preto.)
#
# **Você vai aprender:**
# - o que faz uma convolução transposta, carimbo por carimbo;
# - a montar um AE convolucional (CAE), com *pooling* ou com passo 2, e a ver o que os seus mapas procuram;
# - de onde vem a vantagem das convoluções, e quando uma rede densa basta.
#
# ## 1. O carimbo
#
# Numa **convolução**, um **filtro** pequeno desliza sobre a imagem: multiplica, soma, e de cada parada sai **um** número. Com
# passo (*stride*) 2 ele para em uma posição sim, outra não, e a imagem encolhe.
#
# A **convolução transposta** (*transposed convolution*) vai no sentido contrário: cada número da entrada **carimba** na saída o
# filtro inteiro, multiplicado por ele. O carimbo seguinte cai um passo adiante. Onde dois se sobrepõem, os números se somam.

# %%
def transposed_convolution(image, kernel, stride=2):
    """A convolução transposta de uma imagem quadrada, e como a saída fica depois de cada carimbo."""
    side = (len(image) - 1) * stride + len(kernel)
    output, stages = np.zeros((side, side)), []
    for row, column in np.ndindex(image.shape):
        top, left = row * stride, column * stride
        output[top : top + len(kernel), left : left + len(kernel)] += image[row, column] * kernel
        stages.append(output.copy())
    return output, stages


image = np.array([[1, 2, 0], [0, 3, 1], [2, 0, 1]])
kernel = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]])
output, stages = transposed_convolution(image, kernel)
print("entrada", image.shape, "filtro", kernel.shape, "saída", output.shape)

# %%
# alt: Animação. Uma entrada de 3 por 3 números, um filtro de 3 por 3 e uma saída de 7 por 7. Uma moldura vermelha percorre a entrada,
# alt: outra mostra onde o filtro é carimbado na saída, dois passos adiante a cada vez; onde os carimbos se sobrepõem, os números crescem.
pictures = []
for number, ((row, column), value) in enumerate(np.ndenumerate(image)):
    ax = draw_matrices(
        {"entrada": image, "filtro": kernel, "saída": stages[number]},
        title=f"Carimbo {number + 1} de 9: {value} × filtro",
        frames={"entrada": (row, column, 1, 1), "saída": (2 * row, 2 * column, 3, 3)},
        high=output.max(),
    )
    pictures.append(ax.figure)
*earlier, last = pictures
animate([last, *earlier], seconds=1.2)

# %% [markdown]
# De 3 × 3 fizemos 7 × 7. O Keras faz o mesmo?

# %%
layer = layers.Conv2DTranspose(1, kernel_size=3, strides=2, padding="valid", use_bias=False)
layer.build((None, 3, 3, 1))
layer.set_weights([kernel[:, :, None, None]])
of_keras = np.asarray(layer(image[None, :, :, None].astype("float32")))[0, :, :, 0]
print("igual à do Keras:", np.allclose(of_keras, output))

# %% [markdown]
# Com `padding="same"`, o Keras corta a borda, e o lado da saída é exatamente passo × lado. E que filtro escolher? Conte quantos carimbos
# cada célula recebe:

# %%
# alt: Duas grades de números. Com filtro de 3 por 3, as células recebem 1, 2 ou 4 carimbos, como em um xadrez. Com filtro de 4 por 4,
# alt: todas as do meio recebem 4; só na borda são menos.
counts = {side: transposed_convolution(np.ones((3, 3)), np.ones((side, side)))[0] for side in (3, 4)}
draw_matrices(
    {f"filtro {side} × {side}, passo 2": count for side, count in counts.items()},
    title="Carimbos que cada célula recebe: com filtro 3 × 3, um xadrez",
)
plt.show()

# %% [markdown]
# O xadrez pode aparecer na imagem. Com o lado do filtro **múltiplo do passo**, todas as células recebem o mesmo número de carimbos,
# menos na borda. Por isso os nossos carimbos são de 4 × 4.
#
# ## 2. O CAE do slide
#
# > **A aula diz (C16):** AEs puros tendem a não funcionar bem com imagens, a menos que sejam pequenas; CNNs são nitidamente
# > superiores. O **codificador** é uma CNN comum, de camadas convolucionais e *pooling*: reduz o espaço e aumenta a profundidade. O
# > **decodificador** faz o inverso, com camadas convolucionais transpostas.
#
# (CNN é uma rede neural convolucional.) Primeiro, o que o slide descreve; depois, se é superior. O que sai de um filtro é um
# **mapa**, e o número de mapas de uma camada é a **profundidade**. O *pooling* resume cada quadrado de 2 × 2 em seu maior
# número. A ativação, *leaky ReLU*, é uma ReLU que deixa passar um pouco do que é negativo.

# %% tags=["nbval-ignore-output"]
fashion = load_fashion_mnist()
x_train, x_valid, x_test = (part.images for part in fashion)

pooling_cae = compose(
    [
        layers.Reshape((28, 28, 1)),
        layers.Conv2D(12, kernel_size=3, padding="same", activation="leaky_relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(32, kernel_size=3, padding="same", activation="leaky_relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(30, name="codings"),
    ],
    [
        layers.Dense(7 * 7 * 32, activation="leaky_relu"),
        layers.Reshape((7, 7, 32)),
        layers.Conv2DTranspose(12, kernel_size=4, strides=2, padding="same", activation="leaky_relu"),
        layers.Conv2DTranspose(1, kernel_size=4, strides=2, padding="same", activation="sigmoid"),
        layers.Reshape((28, 28)),
    ],
    n_codings=30,
)
pooling_cae.compile(optimizer=keras.optimizers.Adam(0.004), loss="mse")
history = pooling_cae.fit(x_train, x_train, batch_size=64, epochs=1, verbose=0, callbacks=[Progress("CAE com pooling")])

# %% [markdown]
# `compose` faz das duas listas o `encoder` e o `decoder`. Siga as formas de cima para baixo:

# %%
parts = [pooling_cae.get_layer(name).layers for name in ("encoder", "decoder")]
show_table(
    {
        "parte": ["codificador"] * len(parts[0]) + ["decodificador"] * len(parts[1]),
        "camada": [type(layer).__name__ for part in parts for layer in part],
        "forma da saída": [" × ".join(map(str, layer.output.shape[1:])) for part in parts for layer in part],
        "parâmetros": [layer.count_params() for part in parts for layer in part],
    }
)
print(f"ao todo: {pooling_cae.count_params():,}".replace(",", "."))

# %% [markdown]
# O lado cai de 28 para 14 e 7; a profundidade sobe de 1 para 12 e 32. Depois dos codings, o contrário. Quase todos os parâmetros estão nas
# duas camadas densas do meio. As convoluções têm poucos, porque o mesmo filtro serve à imagem inteira.
#
# ## 3. Passo 2 em vez de *pooling*
#
# Uma convolução de passo 2 já reduz o lado pela metade, porque só calcula um quarto das posições. Este é o CAE que as outras lições usam:

# %%
def make_cae(n_codings=30, filters=(12, 32), noise=None):
    """Um CAE: cada convolução reduz o lado pela metade; o decodificador é o espelho do codificador."""
    side = 28 // 2 ** len(filters)
    halve = {"kernel_size": 4, "strides": 2, "padding": "same"}
    return compose(
        [
            layers.Reshape((*SHAPE, 1)),
            *[layers.Conv2D(depth, activation="leaky_relu", **halve) for depth in filters],
            layers.Flatten(),
            layers.Dense(n_codings, name="codings"),
        ],
        [
            layers.Dense(side * side * filters[-1], activation="leaky_relu"),
            layers.Reshape((side, side, filters[-1])),
            *[layers.Conv2DTranspose(depth, activation="leaky_relu", **halve) for depth in reversed(filters[:-1])],
            layers.Conv2DTranspose(1, activation="sigmoid", **halve),
            layers.Reshape(SHAPE),
        ],
        n_codings,
        noise,
    )


# %% [markdown]
# (`SHAPE` é (28, 28), e `noise` só serve à lição 08.) Ele tem quase o mesmo número de parâmetros, 108 mil contra 106 mil.
# **Antes de rodar, aposte:** qual erra menos, e quanto tempo se poupa?

# %% tags=["nbval-ignore-output"]
cae = make_cae()
cae.compile(optimizer=keras.optimizers.Adam(0.004), loss="mse")
history = cae.fit(x_train, x_train, batch_size=64, epochs=1, verbose=0, callbacks=[Progress("CAE com passo 2")])


# %%
# alt: Cinco peças de roupa e duas fileiras de reconstruções, a do CAE com pooling e a do CAE com passo 2, com o erro de cada uma. As
# alt: duas têm a forma e o tom certos, e são borradas; a olho, mal se distinguem.
def with_error(name, model, images=x_test):
    """Um nome e, na linha de baixo, o erro (MSE) do modelo."""
    return f"{name}\nerro {mean_error(model, images):.4f}".replace(".", ",")


one_of_each = np.array([np.flatnonzero(fashion.test.labels == label)[0] for label in range(10)])
shown = x_test[one_of_each[[0, 2, 5, 8, 9]]]
rows = {"originais": shown}
for name, model in {"pooling": pooling_cae, "passo 2": cae}.items():
    rows[with_error(name, model)] = model.predict(shown, verbose=0)
show_image_rows(rows, title="Com pooling ou com passo 2, peças parecidas")
plt.show()

# %% [markdown]
# A olho, mal se distinguem. O passo 2 leva menos tempo, e por isso ficamos com ele.
#
# ## 4. O que os mapas procuram
#
# No CAE com *pooling*, a primeira convolução dá mapas de 28 × 28, e a segunda, de 14 × 14. Para vê-los, um modelo que devolve as saídas
# das duas:

# %%
encoder = pooling_cae.get_layer("encoder")
convolutions = [layer.output for layer in encoder.layers if isinstance(layer, layers.Conv2D)]
to_maps = keras.Model(encoder.inputs, convolutions)


# %%
# alt: Uma bota e um vestido, cada um seguido de seis mapas da primeira convolução e, embaixo, de seis da segunda. Nos da primeira se
# alt: reconhece a peça, cheia ou só em contornos. Os da segunda são mais grossos e escurecem só trechos dela.
# @title A figura: seis mapas que pouco se parecem, de cada convolução
def unlike(maps, n=6):
    """Os números de n mapas: o que mais varia e, um a um, o que menos se parece com os já escolhidos."""
    columns = maps.reshape(-1, maps.shape[-1])
    alive = np.flatnonzero(columns.max(axis=0) > 0.05 * columns.max())
    alike = np.nan_to_num(np.abs(np.corrcoef(columns[:, alive].T)), nan=1)
    chosen = [columns[:, alive].std(axis=0).argmax()]
    while len(chosen) < n:
        chosen.append(alike[:, chosen].max(axis=1).argmin())
    return alive[chosen]


chosen = [unlike(maps) for maps in to_maps.predict(x_test[:500], verbose=0)]
rows = {}
for name in ("bota", "vestido"):
    garment = x_test[one_of_each[CLASS_NAMES.index(name)]]
    for layer, maps in enumerate(to_maps.predict(garment[None], verbose=0)):
        positive = np.maximum(maps[0][:, :, chosen[layer]], 0)
        positive /= positive.max(axis=(0, 1)).clip(1e-6)
        large = np.kron(np.moveaxis(positive, -1, 0), np.ones((28 // len(positive),) * 2))
        rows[f"{name} e mapas da\n{layer + 1}ª convolução"] = np.concatenate([garment[None], large])
show_image_rows(rows, title="Da mesma peça, mapas que procuram coisas diferentes")
plt.show()

# %% [markdown]
# **Leitura.** Escuro é onde o filtro respondeu. Procure um mapa que responda ao tecido inteiro, e outros que só respondam às bordas de um
# lado. Os da segunda convolução escurecem em trechos da peça. O lugar no mapa diz *onde*; o número do mapa diz *o quê*.
#
# ## 5. Convolucional ou denso?
#
# Um CAE bom não prova que CNNs são superiores: falta o rival. É o SAE da [lição 03](03_sae_tsne.ipynb), com os mesmos 30 codings e 67
# unidades ocultas: 110 mil parâmetros, contra 108 mil do CAE de passo 2. A receita é a mesma.
#
# **Antes de rodar, aposte:** quantos por cento o denso erra a mais, ou a menos?

# %% tags=["nbval-ignore-output"]
dense = make_sae(hidden=67)
dense.compile(optimizer=keras.optimizers.Adam(0.004), loss="mse")
dense.fit(x_train, x_train, batch_size=64, epochs=1, verbose=0, callbacks=[Progress("denso, 67 unidades")])
error = {"CAE": mean_error(cae, x_test), "denso": mean_error(dense, x_test)}
show_table({"AE": list(error), "erro em imagens novas": list(error.values())})

# %%
# alt: Uma reta com a margem, 1,05, o intervalo do estudo, uma barra grossa, e o ponto desta execução.
show_verdict("C16", "equal_55000", here=error["denso"] / error["CAE"])

# %% [markdown]
# **Leitura.** Acima de 1, o denso erra mais. O seu treino foi de uma época e uma taxa só, e nele o CAE larga na frente. O estudo dá a cada
# rede a sua melhor taxa e três épocas, e repete tudo com 500 e com 5.000 imagens e com densos cinco vezes maiores: é ele que decide se a
# frase vale, e onde.
#
# ## 6. Os mesmos pixels, em outra ordem
#
# O CAE supõe que pixels **vizinhos** têm a ver um com o outro. Vamos tirar isso dele, e só isso: sorteamos uma nova ordem para os
# 784 pixels, a mesma para todas as imagens, e treinamos os dois de novo, do zero.
#
# **Antes de rodar, aposte:** quanto piora cada um?

# %% tags=["nbval-ignore-output"]
order = np.random.default_rng(SEED).permutation(28 * 28)
back = np.argsort(order)


def reorder(images, order):
    """As imagens com os pixels em outra ordem."""
    return images.reshape(-1, 28 * 28)[:, order].reshape(-1, 28, 28)


z_train, z_test = reorder(x_train, order), reorder(x_test, order)
permuted = {"CAE": make_cae(), "denso": make_sae(hidden=67)}
for name, model in permuted.items():
    model.compile(optimizer=keras.optimizers.Adam(0.004), loss="mse")
    model.fit(z_train, z_train, batch_size=64, epochs=1, verbose=0, callbacks=[Progress(f"{name}, pixels trocados")])

permuted_error = {name: mean_error(model, z_test) for name, model in permuted.items()}
ratios = [errors["denso"] / errors["CAE"] for errors in (error, permuted_error)]
show_table({"pixels": ["como são", "trocados"], "erro do denso / erro do CAE": ratios}, digits=2)

# %%
# opening
# alt: Cinco peças de roupa e, embaixo, os mesmos pixels em outra ordem: só chuvisco. Seguem as reconstruções, postas de volta na
# alt: ordem: as da rede densa se parecem nos dois casos; as da convolucional, lisas antes da troca, saem chuviscadas depois.
# @title A figura: as reconstruções, com os pixels de volta no lugar
rows = {"originais": shown, "pixels\ntrocados": reorder(shown, order)}
for name, model in {"denso": dense, "CAE": cae}.items():
    rows[with_error(f"{name},\noriginais", model)] = model.predict(shown, verbose=0)
    rebuilt = permuted[name].predict(reorder(shown, order), verbose=0)
    rows[with_error(f"{name},\ntrocados", permuted[name], z_test)] = reorder(rebuilt, back)
show_image_rows(rows, title="Com os pixels trocados, só o CAE piora muito")
plt.show()

# %% [markdown]
# **Leitura.** Para a rede densa a ordem não existe: cada pixel tem os seus pesos, e eles podem trocar de lugar junto com os pixels. Se os dois
# erros dela diferem um pouco, é a sorte de dois treinos. O CAE sai chuviscado, porque já não sabe quem é vizinho de quem, e a maior parte da
# sua vantagem some. Nos dados só a vizinhança mudou: era dela que essa parte vinha.
#
# ## 7. Quando um denso basta
#
# A aula faz uma ressalva: *a menos que as imagens sejam pequenas*. As nossas são, e nelas cabe o SAE de 350 unidades, com cinco vezes mais
# parâmetros. Além das imagens de teste, damos aos três as mesmas imagens **deslocadas** de 2 a 4 pixels. No treino todas as peças estavam
# no centro. **Antes de rodar, aposte:** quem sofre menos?

# %% tags=["nbval-ignore-output"]
big = make_sae(hidden=350)
big.compile(optimizer=keras.optimizers.Adam(0.004), loss="mse")
big.fit(x_train, x_train, batch_size=64, epochs=1, verbose=0, callbacks=[Progress("denso, 350 unidades")])

moves = [(0, *move) for by in (2, 3, 4) for move in ((by, 0), (-by, 0), (0, by), (0, -by))]  # nas quatro direções
x_moved = np.concatenate([ndimage.shift(x_test[i::12], move, order=0) for i, move in enumerate(moves)])

models = {"CAE": cae, "denso, 67": dense, "denso, 350": big}
moved_error = {name: mean_error(model, x_moved) for name, model in models.items()}
show_table(
    {
        "AE": list(models),
        "parâmetros": [model.count_params() for model in models.values()],
        "erro em imagens novas": [mean_error(model, x_test) for model in models.values()],
        "nas deslocadas": list(moved_error.values()),
    }
)

# %%
# alt: Cinco peças deslocadas quatro pixels para a direita e as reconstruções dos três AEs. As do CAE saem deformadas; as dos dois densos,
# alt: além disso, manchadas.
# @title A figura
moved = ndimage.shift(shown, (0, 0, 4), order=0)
rows = {"deslocadas": moved, **{name: model.predict(moved, verbose=0) for name, model in models.items()}}
show_image_rows(rows, title="Quatro pixels para a direita: o CAE se perde menos")
plt.show()

# %%
# alt: Uma reta com a margem, 1,05, o intervalo do estudo, uma barra grossa, e o ponto desta execução.
show_verdict("C16", "shifted", here=moved_error["denso, 67"] / moved_error["CAE"])

# %% [markdown]
# **Leitura.** Nas imagens centradas, o denso grande chega perto do CAE. Na [lição 03](03_sae_tsne.ipynb), com sete épocas e uma taxa bem
# escolhida, ele erra cerca de 0,009: para peças pequenas, centradas e numerosas, um denso basta. Deslocadas, todas saem piores, porque nenhum viu
# peças fora do centro. O CAE se perde menos, mas se perde; *Para ir além* diz por quê.
#
# E se as imagens crescem? Dobrar o lado quadruplica os pixels, e com eles os kernels do denso. No CAE basta mais uma
# convolução de passo 2 de cada lado: os codings saem sempre de mapas de 7 × 7. É uma conta:

# %%
n_dense, n_cae = {}, {}
for doublings in range(4):
    side = 28 * 2**doublings
    n_dense[side] = 2 * (side**2 * 350 + 350 * 30) + (350 + 30 + 350 + side**2)  # kernels e vieses
    n_cae[side] = cae.count_params() + doublings * 2 * (4 * 4 * 32 * 32 + 32)  # de 32 filtros para 32
show_table({"lado": list(n_cae), "parâmetros do CAE": list(n_cae.values()), "do denso": list(n_dense.values())})

# %% [markdown]
# Com 224 × 224, o denso tem 35 milhões de parâmetros; o CAE, 207 mil. Para imagens assim, comece por convoluções.
#
# ## Recapitulando
#
# - Convolução transposta: cada número da entrada carimba o filtro na saída, e as sobreposições se somam.
# - O CAE troca espaço por profundidade, com *pooling* ou com passo 2; o decodificador desfaz a troca.
# - Um mapa diz *onde* o seu filtro encontrou o que procura.
# - A maior parte da vantagem da convolução vem da vizinhança: com os pixels em outra ordem, ela some (C16).
# - Imagens pequenas, centradas e numerosas: um AE denso, maior, pode bastar. Em imagens grandes seus parâmetros explodem.
#
# ## Vamos exercitar
#
# Escreva sua resposta no lugar das reticências e rode a célula. Ela diz se você acertou e, se não, dá uma dica.
#
# ### Exercício 06.1 · O lado da saída
#
# Escreva `output_side`, que devolve o lado da saída de uma convolução transposta **sem** cortes (`padding="valid"`), dados o
# lado da entrada, o lado do filtro e o passo. O filtro não é menor do que o passo. Na seção 1, `output_side(3, 3, 2)` é 7.

# %%
def output_side(side, kernel_side, stride):
    return ...


check("06.1", output_side)


# %% [markdown]
# <details><summary>Solução</summary>
#
# O primeiro carimbo ocupa `kernel_side`; cada um dos outros começa `stride` adiante.
#
# ```python
# def output_side(side, kernel_side, stride):
#     return (side - 1) * stride + kernel_side
#
#
# check("06.1", output_side)
# ```
#
# </details>

# %% [markdown]
# ### Exercício 06.2 · Em uma dimensão
#
# Escreva a convolução transposta de uma **sequência**, `transposed_1d(values, kernel, stride)`. Por exemplo,
# `transposed_1d([1, 2], [1, 1, 1], 2)` é `[1, 1, 3, 2, 2]`.

# %%
def transposed_1d(values, kernel, stride):
    return ...


check("06.2", transposed_1d)

# %% [markdown]
# <details><summary>Solução</summary>
#
# É a função da seção 1 sem as colunas. O `+=` soma as sobreposições; com `=`, um carimbo apagaria o anterior.
#
# ```python
# def transposed_1d(values, kernel, stride):
#     output = np.zeros((len(values) - 1) * stride + len(kernel))
#     for i, value in enumerate(values):
#         output[i * stride : i * stride + len(kernel)] += value * np.array(kernel)
#     return output
#
#
# check("06.2", transposed_1d)
# ```
#
# </details>

# %% [markdown]
# ### Exercício 06.3 · Projete e treine: um CAE pequeno
#
# Projete um CAE de 30 codings com **no máximo 60.000 parâmetros**, pouco mais da metade do nosso, e treine-o com `x_train` em menos de um
# minuto. Em imagens que ele não viu, o erro deve ser de **no máximo 0,0105**. O decodificador usa convoluções transpostas; filtros, camadas
# e épocas são seus. Antes de treinar, conte os parâmetros: onde estão quase todos? Componha o CAE de `encoder` e `decoder`, com esses
# nomes, e para escolher use `x_valid`.

# %%
my_cae = ...

check("06.3", my_cae)


# %% [markdown]
# <details><summary>Solução</summary>
#
# Quase todos os parâmetros estão nas duas camadas densas, de 7 × 7 × 32 números para 30 e de volta. Com 16 mapas em vez de 32 elas caem
# pela metade, e sobra para mais filtros na primeira convolução. O resto é treino: na nossa validação, o erro foi 0,0112 depois de uma
# época, 0,0099 depois de duas e 0,0094 depois de três.
#
# ```python
# my_cae = make_cae(filters=(16, 16))
# my_cae.compile(optimizer=keras.optimizers.Adam(0.004), loss="mse")
# my_cae.fit(x_train, x_train, batch_size=64, epochs=3, verbose=0)
#
# check("06.3", my_cae)
# ```
#
# </details>

# %% [markdown]
# ## Para ir além
#
# **Por que *transposta*?** Uma convolução é linear, e portanto uma matriz: a de filtro 3 × 3 e passo 2 leva 49 números a 9. A convolução
# transposta com o mesmo filtro leva 9 a 49, e é a **transposta** dessa matriz, como nos pesos amarrados da [lição 04](04_pesos_amarrados.ipynb).
# Confira: as linhas da matriz são o que ela faz de cada número sozinho.

# %%
matrix = np.array([transposed_convolution(unit.reshape(3, 3), kernel)[0].ravel() for unit in np.eye(9)])
picture = np.random.default_rng(SEED).random((7, 7)).astype("float32")
convolution = layers.Conv2D(1, kernel_size=3, strides=2, padding="valid", use_bias=False)
convolution.build((None, 7, 7, 1))
convolution.set_weights([kernel[:, :, None, None]])
by_layer = np.asarray(convolution(picture[None, :, :, None])).ravel()
by_matrix = matrix @ picture.ravel()
print("matriz", matrix.shape, "· a convolução é essa matriz:", np.allclose(by_matrix, by_layer, atol=1e-4))

# %% [markdown]
# **A peça anda, os mapas andam.** Isso se chama **equivariância**. O CAE tem duas convoluções de passo 2: se a peça anda **4** pixels, os
# últimos mapas devem andar **uma** posição, sem mudar. Conferimos longe das bordas.

# %%
encoder = cae.get_layer("encoder")
*_, last_output = (layer.output for layer in encoder.layers if isinstance(layer, layers.Conv2D))
last_maps = keras.Model(encoder.inputs, last_output)
before = last_maps.predict(shown, verbose=0)
after = last_maps.predict(ndimage.shift(shown, (0, 0, 4), order=0), verbose=0)
print("os mapas andaram, sem mudar:", np.allclose(after[:, :, 2:5], before[:, :, 1:4], atol=1e-5))

# %% [markdown]
# Então por que o CAE erra nas peças deslocadas? Com 2 pixels, os últimos mapas teriam de andar meia posição, e mudam. E a camada dos codings
# é densa: para ela cada posição do mapa é outra entrada, com outros pesos, que só viram peças no centro.

# %% [markdown]
# ## Referências
#
# - R. G. Mantovani. *Aula 05: Autoencoders*. Métodos e Modelos Avançados em Ciência de Dados, UTFPR.
# - J. Masci, U. Meier, D. Cireşan, J. Schmidhuber. *Stacked convolutional auto-encoders for hierarchical feature extraction*.
#   ICANN 2011.
# - V. Dumoulin, F. Visin. *A guide to convolution arithmetic for deep learning*. arXiv:1603.07285, 2016.
# - A. Odena, V. Dumoulin, C. Olah. *Deconvolution and checkerboard artifacts*. Distill, 2016.
# - A. Géron. *Hands-On Machine Learning with Scikit-Learn, Keras, and TensorFlow*, 2ª ed., O'Reilly, 2019, cap. 17.
#
# **A seguir:** imagens têm vizinhança no espaço; sequências têm ordem no tempo. A [lição 07](07_rae.ipynb) lê um passo de cada vez.
