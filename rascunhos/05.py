# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: all
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
# # 05 · Pré-treino: muitas imagens, poucos rótulos
#
# [![Abrir no Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/)
#
# **Slides:** Aula 05, seção *Pré-treino usando SAEs* · **Tempo de execução:** cerca de 45 s · 2 núcleos, sem GPU
#
# [← Anterior: 04 · Pesos amarrados](04_pesos_amarrados.ipynb) · [Sobre o curso](../README.md) · [Próximo: 06 · Autoencoder convolucional →](06_cae.ipynb)

# %%
start_notebook()

# %%
# @title Bibliotecas e funções auxiliares
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from sklearn.linear_model import LogisticRegression

from studies.verdicts import show_verdict, study_curve, study_values
from utils.data import CLASS_NAMES, load_fashion_mnist
from utils.drawings import draw_pretraining, show_opening
from utils.exercises import check
from utils.plots import GREYS, PALETTE, decimal_comma
from utils.tables import show_table
from utils.training import Progress

# %%
# alt: Em cima, 55.000 imagens sem rótulo passam pelo codificador e pelo decodificador de um SAE, que as reconstrói. Uma seta verde leva
# alt: o codificador para baixo, para um classificador: ele recebe 500 imagens com rótulo e ganha uma camada nova de dez saídas.
# @title A figura desta lição
show_opening("05")

# %% [markdown]
# **Uma rede passou por 55.000 roupas sem ouvir o nome de nenhuma. Ela ajuda outra a aprender dez nomes com só 500 exemplos?** A
# ideia se chama **pré-treino**: o codificador de um SAE muda de rede, e leva os seus pesos.
#
# **Você vai aprender:**
# - os três passos do pré-treino: treinar com todas as imagens, reusar o codificador, treinar com os poucos rótulos;
# - quanto isso rende, com que rede de partida e com quantos rótulos;
# - a medir um ganho pequeno sem se enganar, e a pôr ao lado dele um rival simples.
#
# ## 1. Três passos
#
# Fotos há aos milhares. O que custa são os rótulos: alguém tem de olhar cada foto e dizer o que é.
#
# > **A aula diz (C15):** quando a maioria dos exemplos não tem rótulo, encontre uma rede que desempenhe bem em uma tarefa similar e
# > use os pesos dela: treine um SAE com **todos** os dados, reuse os pesos de suas camadas para criar uma DNN e treine a DNN usando
# > apenas os dados **rotulados**.
#
# (DNN é uma rede neural profunda.) Vamos fingir que, das 55.000 imagens de treino, só **500** têm rótulo.

# %%
fashion = load_fashion_mnist()
x_train, y_train = fashion.train
x_test, y_test = fashion.test

labelled = np.random.default_rng(SEED).permutation(len(x_train))[:500]
x_few, y_few = x_train[labelled], y_train[labelled]

# %% [markdown]
# ### Passo 1: um SAE com todas as imagens
#
# São 256 e 128 unidades na ida, e o mesmo na volta. Os 128 codings são mais que os 30 da [lição 03](03_sae_tsne.ipynb): aqui não
# se quer comprimir tanto. O `Dropout` é para o classificador; no SAE ele fica em zero, e nada faz.

# %%
def make_encoder(dropout=0):
    """De uma imagem a 128 codings."""
    hidden = [
        layers.Flatten(),
        layers.Dense(256, activation="gelu"),
        layers.Dropout(dropout),
        layers.Dense(128, activation="gelu"),
        layers.Dropout(dropout),
    ]
    return keras.Sequential([keras.Input((28, 28)), *hidden], name="encoder")


def make_decoder():
    """De 128 codings a uma imagem."""
    hidden = [layers.Dense(256, activation="gelu"), layers.Dense(28 * 28, activation="sigmoid")]
    return keras.Sequential([keras.Input((128,)), *hidden, layers.Reshape((28, 28))], name="decoder")


# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(SEED)
encoder = make_encoder()
sae = keras.Sequential([keras.Input((28, 28)), encoder, make_decoder()])

sae.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
history = sae.fit(x_train, x_train, batch_size=256, epochs=3, verbose=0, callbacks=[Progress("SAE")])


# %% [markdown]
# ### Passo 2: o codificador muda de rede
#
# O classificador é o mesmo codificador com uma camada nova em cima. Reusar é uma linha, a do `set_weights`. O `Dropout(0.5)` é o
# remédio usual para poucos rótulos; todos os classificadores o têm.

# %%
def make_classifier(n_classes, pretrained=None):
    """O codificador e uma camada nova; com `pretrained`, ele começa com os pesos desse outro codificador."""
    encoder = make_encoder(dropout=0.5)
    if pretrained is not None:
        encoder.set_weights(pretrained.get_weights())
    return keras.Sequential([encoder, layers.Dense(n_classes, activation="softmax")])


def accuracy(model, images, labels):
    """Quantas imagens o classificador acerta, em %."""
    return 100 * np.mean(model.predict(images, batch_size=1000, verbose=0).argmax(axis=1) == labels)


# %%
# opening
# alt: Em cima, 55.000 imagens sem rótulo passam pelo codificador e pelo decodificador de um SAE, que as reconstrói. Uma seta verde leva
# alt: o codificador para baixo, para um classificador: ele recebe 500 imagens com rótulo e ganha uma camada nova de dez saídas.
# @title O codificador muda de rede
draw_pretraining(
    x_test[:16],
    sae.predict(x_test[:16], verbose=0),
    x_few[:4],
    [CLASS_NAMES[label] for label in y_few[:4]],
    n_images=len(x_train),
    n_labels=len(x_few),
    n_classes=10,
    title="O codificador aprende com todas as imagens e muda de rede",
)
plt.show()

# %% [markdown]
# ### Passo 3: treinar com os rótulos
#
# Um classificador começa **do zero**, com pesos sorteados; o outro, com o codificador do **SAE**. O resto é igual, até o sorteio: as
# mesmas 500 imagens, os mesmos pesos na camada nova. É uma comparação **pareada**. Sem isso, a sorte esconderia um ganho pequeno:
# com outras 500 imagens, a mesma rede pode mudar dois pontos.
#
# **Antes de rodar, aposte:** quantos pontos de acurácia o codificador do SAE rende? Zero, um, cinco, dez?

# %% tags=["nbval-ignore-output"]
classifiers, score = {}, {}

for name, pretrained in (("do zero", None), ("SAE", encoder)):
    keras.utils.set_random_seed(SEED)
    classifier = classifiers[name] = make_classifier(10, pretrained)
    classifier.compile(optimizer=keras.optimizers.Adam(0.001), loss="sparse_categorical_crossentropy")
    classifier.fit(x_few, y_few, batch_size=64, epochs=60, verbose=0, callbacks=[Progress(name)])
    score[name] = accuracy(classifier, x_test, y_test)

# %%
show_table({"começo": list(score), "acurácia no teste (%)": list(score.values())}, digits=1)

# %%
# alt: Uma reta com a margem em 1 ponto; o intervalo do estudo, uma barra grossa, e a barra fina em que se espera o ponto desta
# alt: execução.
show_verdict("C15", "sae_500", here=score["SAE"] - score["do zero"])

# %% [markdown]
# **Leitura.** Nesta execução os pesos do SAE rendem cerca de um ponto. É um treino só: com outro sorteio das 500 imagens a
# diferença pode ser outra. O estudo desta afirmação ainda não terminou, e por isso o cartão não traz veredito.
#
# Um ganho pequeno não quer dizer que as redes façam o mesmo. Veja as peças que só uma delas acerta.

# %%
# alt: Duas fileiras de seis peças de roupa. Na de cima, as que só a rede do zero acerta; na de baixo, as que só a rede com o SAE acerta.
# alt: Acima de cada peça está o nome dela, e abaixo o que disse a outra rede.
# @title A figura
said = {name: model.predict(x_test, batch_size=1000, verbose=0).argmax(axis=1) for name, model in classifiers.items()}
fig, axes = plt.subplots(2, 6, figsize=(9.6, 4.2))
for row, name, other in zip(axes, ("do zero", "SAE"), ("SAE", "do zero"), strict=True):
    only = np.flatnonzero((said[name] == y_test) & (said[other] != y_test))
    for ax, i in zip(row, only, strict=False):
        ax.imshow(x_test[i], interpolation="nearest", **GREYS)
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
        ax.spines[:].set_visible(False)
        ax.set_title(CLASS_NAMES[y_test[i]], fontsize=11, loc="center")
        ax.set_xlabel(f"a outra: {CLASS_NAMES[said[other][i]]}", fontsize=9, color=PALETTE["grey"])
    share = f"{100 * len(only) / len(y_test):.1f}".replace(".", ",")
    row[0].set_ylabel(f"só a rede\n{name} acerta:\n{share} %", rotation=0, ha="right", va="center")
fig.suptitle("Cada rede acerta peças que a outra erra: o ganho é a diferença entre as duas partes", x=0.01, ha="left")
plt.show()

# %% [markdown]
# ## 2. Quando o ruído ajuda
#
# Para copiar um suéter não é preciso saber o que o distingue de um casaco. E se a tarefa fosse mais difícil? Um ***denoising
# autoencoder*** (dAE) recebe a imagem estragada e tem de devolvê-la inteira. Aqui, um `Dropout(0.5)` apaga metade dos pixels
# de entrada. (A [lição 08](08_dae.ipynb) é toda sobre ele.) O resto fica como estava.
#
# **Antes de rodar, aposte:** quem apagou metade dos pixels aprende um começo melhor ou pior?

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(SEED)
dae_encoder = make_encoder()
dae = keras.Sequential([keras.Input((28, 28)), layers.Dropout(0.5), dae_encoder, make_decoder()])

dae.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
history = dae.fit(x_train, x_train, batch_size=256, epochs=3, verbose=0, callbacks=[Progress("dAE")])

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(SEED)
classifier = make_classifier(10, dae_encoder)
classifier.compile(optimizer=keras.optimizers.Adam(0.001), loss="sparse_categorical_crossentropy")
classifier.fit(x_few, y_few, batch_size=64, epochs=60, verbose=0, callbacks=[Progress("dAE, 500 rótulos")])
score["dAE"] = accuracy(classifier, x_test, y_test)

# %% [markdown]
# Um sorteio só diz pouco. O estudo fez dez, com 100, 500 e 5.000 rótulos. Cada rede teve a sua melhor taxa de aprendizado e parou
# onde mais acertava na validação.

# %%
# alt: À esquerda, a acurácia ao longo do treino com 500 rótulos, uma faixa para cada começo; as três sobem até perto de 80 %. À direita,
# alt: os ganhos do SAE e do dAE sobre começar do zero, com 100, 500 e 5.000 rótulos: um ponto pequeno para cada semente do estudo.
# @title A figura
STARTS = {"do zero": ("scratch", PALETTE["grey"]), "SAE": ("sae", PALETTE["green"]), "dAE": ("dae", PALETTE["pink"])}
scratch = {n: study_values("C15", f"scratch_{n}", "accuracy") for n in (100, 500, 5000)}
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4.1))

for place, (name, (arm, colour)) in enumerate(STARTS.items()):
    here = {"color": colour, "markeredgecolor": "black", "markersize": 9, "zorder": 3}
    left.plot(480, score[name], "o", **here)
    if curve := study_curve("C15", f"{arm}_500", "accuracy"):
        left.fill_between(curve.steps, curve.low, curve.high, color=colour, alpha=0.2, linewidth=0)
        left.plot(curve.steps, curve.mean, color=colour)
    left.text(0.97, 0.28 - 0.1 * place, name, color=colour, transform=left.transAxes, ha="right", fontweight="bold")
    if name != "do zero":
        right.plot(1 + 0.3 * (place - 1.5), score[name] - score["do zero"], "o", **here)
        for i, (n, values) in enumerate(scratch.items()):
            if values is not None:
                gains, x = study_values("C15", f"{arm}_{n}", "accuracy") - values, i + 0.3 * (place - 1.5)
                right.plot(np.linspace(x - 0.06, x + 0.06, len(gains)), gains, "o", color=colour, markersize=3.5)
                right.plot([x - 0.12, x + 0.12], [gains.mean()] * 2, color=colour, linewidth=3)
left.set(xscale="log", xlabel="passos de treino", ylabel="acurácia (%)", title="Ao longo do treino, 500 rótulos")
right.set(xlabel="imagens com rótulo (acurácia do zero)", ylabel="pontos", title="Ganho sobre começar do zero")
right.axhline(0, color=PALETTE["grey"])
decimal_comma(left, right)
left.set_xticks([50, 100, 200, 400, 800, 1600], ["50", "100", "200", "400", "800", "1.600"], minor=False)
left.minorticks_off()
reached = ["" if values is None else f"\n({values.mean():.0f} %)" for values in scratch.values()]
right.set_xticks(range(3), [f"{n}{text}" for n, text in zip(("100", "500", "5.000"), reached, strict=True)])
plt.show()

# %% [markdown]
# **Leitura.** Os pontos grandes são esta execução. Os pequenos são as sementes do estudo, e o traço é a média delas. Enquanto o estudo não
# termina, a figura mostra só esta execução, e nela o dAE rende um pouco mais do que o SAE.
#
# ## 3. Uma tarefa similar
#
# O slide pede uma rede que vá bem em "uma tarefa similar". A do SAE é copiar. E se ela se parecesse mais com a nossa? Dividimos as
# classes ao acaso. Uma rede aprende cinco delas com **todos** os rótulos. Outra reusa as camadas dela para aprender as outras cinco,
# com 500.


# %%
def only(part, classes):
    """As imagens de cinco classes, com os rótulos de 0 a 4."""
    chosen = np.isin(part.labels, classes)
    return part.images[chosen], np.searchsorted(classes, part.labels[chosen])


task, similar = np.sort(np.random.default_rng(SEED).permutation(10).reshape(2, 5))
for name, classes in (("com todos os rótulos", similar), ("com 500 rótulos", task)):
    print(f"{name}: {', '.join(CLASS_NAMES[i] for i in classes)}")

# %% [markdown]
# **Antes de rodar, aposte:** isso rende mais ou menos do que o SAE?

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(SEED)
expert = make_classifier(5)
expert.compile(optimizer=keras.optimizers.Adam(0.002), loss="sparse_categorical_crossentropy")
x_other, y_other = only(fashion.train, similar)
history = expert.fit(x_other, y_other, batch_size=256, epochs=3, verbose=0, callbacks=[Progress("outras cinco")])

# %% tags=["nbval-ignore-output"]
x_task, y_task = only(fashion.train, task)
few = np.random.default_rng(SEED).permutation(len(x_task))[:500]
score_five = {}

for name, pretrained in (("do zero", None), ("tarefa similar", expert.get_layer("encoder"))):
    keras.utils.set_random_seed(SEED)
    classifier = make_classifier(5, pretrained)
    classifier.compile(optimizer=keras.optimizers.Adam(0.001), loss="sparse_categorical_crossentropy")
    classifier.fit(x_task[few], y_task[few], batch_size=64, epochs=60, verbose=0, callbacks=[Progress(name)])
    score_five[name] = accuracy(classifier, *only(fashion.test, task))

# %%
# alt: Uma reta com a margem em 1 ponto; o intervalo do estudo, uma barra grossa, e a barra fina em que se espera o ponto desta
# alt: execução.
show_table({"cinco classes, começo": list(score_five), "acurácia no teste (%)": list(score_five.values())}, digits=1)
show_verdict("C15", "similar_500", here=score_five["tarefa similar"] - score_five["do zero"])

# %% [markdown]
# **Leitura.** Nesta execução a tarefa similar não deu vantagem. "Similar" é fácil de dizer, e só se sabe medindo.
#
# ## 4. O que um classificador linear já faz
#
# > **A aula diz (C20):** AEs agem como detectores de características e podem ser usados para a inicialização dos pesos de DNNs.
#
# A inicialização foi medida acima. E as características? Um classificador **linear** só pesa e soma o que recebe. Se os codings já
# separam as roupas, ele acerta mais com eles do que com os pixels. Damos os mesmos 500 rótulos a uma regressão logística. (`C=0.1`
# limita os pesos; foi escolhido na validação e serve bem aos três.)
#
# **Antes de rodar, aposte:** a regressão logística nos pixels fica longe das redes da seção 1?


# %%
def linear_accuracy(represent):
    """Acurácia de uma regressão logística que vê as imagens como `represent` as mostra."""
    known, new = represent(x_few), represent(x_test)
    linear = LogisticRegression(C=0.1, max_iter=2000).fit(known / known.std(), y_few)
    return 100 * linear.score(new / known.std(), y_test)


linear = {
    "784 pixels": linear_accuracy(lambda images: images.reshape(len(images), -1)),
    "128 codings do SAE": linear_accuracy(lambda images: encoder.predict(images, batch_size=1000, verbose=0)),
    "128 codings do dAE": linear_accuracy(lambda images: dae_encoder.predict(images, batch_size=1000, verbose=0)),
}
everyone = {f"regressão logística, {name}": value for name, value in linear.items()}
everyone |= {f"rede, começo {name}": value for name, value in score.items()}
show_table({"com 500 rótulos": list(everyone), "acurácia no teste (%)": list(everyone.values())}, digits=1)

# %%
# alt: Uma reta com a margem em 1 ponto; o intervalo do estudo, uma barra grossa, e o ponto desta execução.
show_verdict("C20", "C15.features_sae_500", here=linear["128 codings do SAE"] - linear["784 pixels"])

# %% [markdown]
# **Leitura.** Os 128 codings servem ao classificador linear tão bem quanto os 784 pixels. Olhe a primeira linha da
# tabela: um modelo linear, sem pré-treino, fica a poucos pontos das redes. Com poucos rótulos, comece por ele.
#
# ## Recapitulando
#
# - O pré-treino tem três passos: um SAE com todas as imagens, o codificador reusado, o treino com os poucos rótulos (C15).
# - Nesta execução, com 500 rótulos, os pesos do SAE rendem pouco; os do dAE, um pouco mais.
# - Uma tarefa similar também serve de começo, mas só rende se o que ela ensina for o que falta.
# - Um ganho pequeno se mede em pares: as mesmas imagens, os mesmos pesos novos, várias sementes.
# - Os codings servem de características a um classificador linear (C20), que com poucos rótulos é um rival sério.
#
# ## Vamos exercitar
#
# Escreva sua resposta no lugar das reticências e rode a célula. Ela diz se você acertou e, se não, dá uma dica.
#
# ### Exercício 05.1 · Congele o codificador
#
# A regressão logística da seção 4 usou os codings sem mexer no codificador. Faça o mesmo no Keras. Escreva `frozen_classifier`, que recebe
# um codificador já treinado e devolve um classificador: o codificador e, em cima, **uma** camada nova com softmax. No treino, só a camada
# nova pode mudar.

# %%
def frozen_classifier(encoder, n_classes):
    return ...


check("05.1", frozen_classifier)

# %% [markdown]
# <details><summary>Solução</summary>
#
# `trainable = False` congela todas as camadas do codificador. Os pesos dele ficam; o `fit` só muda os da camada nova.
#
# ```python
# def frozen_classifier(encoder, n_classes):
#     encoder.trainable = False
#     return keras.Sequential([encoder, layers.Dense(n_classes, activation="softmax")])
#
#
# check("05.1", frozen_classifier)
# ```
#
# </details>

# %% [markdown]
# ### Exercício 05.2 · Ganho pareado
#
# Escreva `paired_interval`, que recebe as acurácias de dois classificadores nos mesmos sorteios (dois vetores) e devolve os dois
# extremos do intervalo de 95 % do ganho médio do segundo sobre o primeiro. Com `n` sorteios, a meia largura é `t · s / √n`: `s` é o
# desvio padrão das diferenças (com `ddof=1`) e `t` é `stats.t.ppf(0.975, n - 1)`, do `scipy`.

# %%
def paired_interval(first, second):
    return ...


check("05.2", paired_interval)

# %% [markdown]
# <details><summary>Solução</summary>
#
# O que importa é a diferença em cada sorteio, não a diferença entre as médias com a dispersão de cada uma.
#
# ```python
# from scipy import stats
#
#
# def paired_interval(first, second):
#     difference = np.asarray(second) - np.asarray(first)
#     n = len(difference)
#     half_width = stats.t.ppf(0.975, n - 1) * difference.std(ddof=1) / np.sqrt(n)
#     return difference.mean() - half_width, difference.mean() + half_width
#
#
# check("05.2", paired_interval)
# ```
#
# </details>

# %% [markdown]
# ### Exercício 05.3 · Projete e treine: 200 rótulos, à sua escolha
#
# Agora o orçamento é de **200 rótulos**, e você escolhe de quais imagens. As outras você pode usar como quiser, sem rótulo. Em menos de
# um minuto de treino, chegue a **75 %** de acurácia nas 10.000 imagens de teste. Entregue `chosen`, as posições em `x_train` das imagens
# escolhidas, e `classify`, que recebe imagens e devolve a classe de cada uma, de 0 a 9. Do vetor `y_train`, só vale usar
# `y_train[chosen]`. Para comparar: uma regressão logística nos pixels de 200 imagens sorteadas fica perto de 73 %.

# %%
chosen = ...  # no máximo 200 posições


def classify(images):
    return ...


check("05.3", (chosen, classify))

# %% [markdown]
# <details><summary>Solução</summary>
#
# Duas imagens quase iguais gastam dois rótulos para ensinar uma coisa só. Agrupe os codings em 200 grupos, e peça o rótulo da imagem mais
# próxima do centro de cada um. Depois, o começo do dAE.
#
# ```python
# from sklearn.cluster import KMeans
#
# codings = encoder.predict(x_train[:10_000], batch_size=1000, verbose=0)
# groups = KMeans(200, n_init=1, random_state=0).fit(codings)
# chosen = np.unique(groups.transform(codings).argmin(axis=0))
#
# my_classifier = make_classifier(10, dae_encoder)
# my_classifier.compile(optimizer=keras.optimizers.Adam(0.001), loss="sparse_categorical_crossentropy")
# my_classifier.fit(x_train[chosen], y_train[chosen], batch_size=32, epochs=100, verbose=0)
#
#
# def classify(images):
#     return my_classifier.predict(images, batch_size=1000, verbose=0).argmax(axis=1)
#
#
# check("05.3", (chosen, classify))
# ```
#
# </details>

# %% [markdown]
# ## Para ir além
#
# **E se bastasse o tamanho dos pesos?** Talvez um começo ajude só porque os seus pesos não são grandes nem pequenos demais. O estudo
# embaralhou os pesos do codificador dentro de cada matriz: os mesmos números, em lugares ao acaso. Aqui estão as acurácias médias, em
# %, depois do treino com 500 rótulos.

# %%
begins = {"do zero": "scratch", "SAE": "sae", "SAE embaralhado": "sae_shuffled"}
begins |= {"dAE": "dae", "dAE embaralhado": "dae_shuffled"}
found = {name: study_values("C15", f"{arm}_500", "accuracy") for name, arm in begins.items()}
means = ["sem estudo" if values is None else values.mean() for values in found.values()]
show_table({"começo": list(found), "acurácia no teste (%)": means}, digits=1)

# %% [markdown]
# Onde está escrito *sem estudo*, as medidas ainda não terminaram.
#
# **Uma camada de cada vez.** Por volta de 2006 era muito difícil treinar redes profundas: o gradiente sumia no caminho. Uma saída foi o
# pré-treino **guloso** (*greedy layer-wise*). Treina-se um AE de uma camada; com os codings dele como dados, treina-se outro; e assim
# por diante, até empilhar a rede toda. Com as ativações, os pesos iniciais e os otimizadores de hoje, redes como esta se treinam de uma vez.
#
# ## Referências
#
# - R. G. Mantovani. *Aula 05: Autoencoders*. Métodos e Modelos Avançados em Ciência de Dados, UTFPR.
# - Y. Bengio, P. Lamblin, D. Popovici, H. Larochelle. *Greedy layer-wise training of deep networks*. NIPS 19 (2006).
# - D. Erhan, Y. Bengio, A. Courville, P.-A. Manzagol, P. Vincent, S. Bengio. *Why does unsupervised pre-training help deep
#   learning?* Journal of Machine Learning Research 11 (2010), p. 625-660.
# - P. Vincent, H. Larochelle, I. Lajoie, Y. Bengio, P.-A. Manzagol. *Stacked denoising autoencoders*. Journal of Machine Learning
#   Research 11 (2010), p. 3371-3408.
# - A. Géron. *Hands-On Machine Learning with Scikit-Learn, Keras, and TensorFlow*, 2ª ed., O'Reilly, 2019, cap. 17.
#
# **A seguir:** até aqui as imagens foram listas de 784 números. E se a rede soubesse que são imagens?
# [Lição 06 · Autoencoder convolucional](06_cae.ipynb).
