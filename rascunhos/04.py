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
# # 04 · Pesos amarrados
#
# [![Abrir no Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/)
#
# **Slides:** Aula 05, seção *Amarrando Pesos* · **Tempo de execução:** cerca de 40 s · 2 núcleos, sem GPU
#
# [← Anterior: 03 · SAE e t-SNE](03_sae_tsne.ipynb) · [Sobre o curso](../README.md) · [Próximo: 05 · Pré-treino →](05_pretreino.ipynb)

# %%
start_notebook()

# %%
# @title Bibliotecas e funções auxiliares
import tempfile
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops

from studies.verdicts import show_verdict, study_curve
from utils.claims import between, claim
from utils.data import load_fashion_mnist
from utils.drawings import draw_network, show_opening
from utils.exercises import check
from utils.models import make_sae
from utils.plots import PALETTE, decimal_comma, show_image_rows
from utils.tables import show_table
from utils.training import Progress, mean_error, squared_error

# %%
# alt: Quatro linhas de oito quadros de pesos. No SAE solto, os quadros com que as unidades leem e aqueles com que escrevem não se
# alt: parecem. No amarrado, as duas linhas são iguais, e nelas se adivinham mangas, golas e barras.
# @title A figura desta lição
show_opening("04")

# %% [markdown]
# **Quem lê e escreve precisa de dois desenhos, ou basta um?** Cada coluna é uma unidade da camada oculta de um SAE. Ela *lê* a
# imagem com 784 pesos, um para cada pixel, e *escreve* na reconstrução com outros 784. No SAE **solto** os dois desenhos não
# se parecem. No **amarrado** eles são um só. (Roxo é peso positivo, laranja é negativo.)
#
# **Você vai aprender:**
# - a escrever uma camada do Keras que usa a transposta do kernel de outra, e a salvar um modelo que a tem;
# - a contar os parâmetros que se poupam, e os que não se poupam;
# - se amarrar acelera o aprendizado, e quando protege do *overfitting*.
#
# ## 1. O mesmo kernel, ida e volta
#
# Comece pelo SAE simétrico da [lição 03](03_sae_tsne.ipynb), com uma camada oculta de 100 unidades de cada lado. Este é o **solto**.

# %%
fashion = load_fashion_mnist()
x_train, x_valid, x_test = fashion.train.images, fashion.validation.images, fashion.test.images

# %% tags=["nbval-ignore-output"]
untied = make_sae(n_codings=30, hidden=100)
untied.compile(optimizer=keras.optimizers.Adam(0.003), loss="mse")
untied.fit(x_train, x_train, batch_size=256, epochs=2, verbose=0, callbacks=[Progress("SAE solto")])

# %% [markdown]
# Uma camada densa multiplica por uma matriz, o **kernel** $W$, soma um **viés** $b$ e aplica uma ativação:
#
# $$h = f(x\,W + b)$$
#
# O primeiro kernel leva 784 pixels a 100 unidades, e o último leva 100 unidades a 784 pixels. Um é 784 × 100, o outro é 100 × 784:
# o tamanho da **transposta** do primeiro, $W^\top$. Num SAE simétrico, cada camada do decodificador tem uma parceira assim no
# codificador. **Amarrar os pesos** (*tying weights*) é usar a transposta da parceira em vez de um kernel novo:
#
# $$\hat{x} = g(h\,W^\top + c)$$
#
# Do decodificador são só o viés $c$ e a ativação $g$.

# %%
# alt: Uma rede de cinco camadas, de 784, 100, 30, 100 e 784 unidades. Embaixo de cada par de camadas, o seu kernel: W1, W2, W2
# alt: transposto e W1 transposto; os dois de cada par têm a mesma cor.
# @title A figura
ax = draw_network(
    [784, 100, 30, 100, 784],
    names=["entradas", "oculta", "codings", "oculta", "reconstruções"],
    title="Quatro camadas de pesos, mas só dois kernels",
)
for place, kernel in zip((1, 3, 5, 7), ("$W_1$", "$W_2$", r"$W_2^\top$", r"$W_1^\top$"), strict=True):
    ax.text(place, -1.75, kernel, ha="center", fontsize=15, color=PALETTE["green" if place in (3, 5) else "red"])
plt.show()


# %% [markdown]
# ## 2. A camada `DenseTranspose`
#
# O Keras não traz essa camada, mas ela cabe numa tela. `__init__` recebe a parceira; `build` cria o único peso próprio, o viés;
# `call` calcula $g(h\,W^\top + c)$. Os dois últimos métodos dizem ao Keras como escrever e reler a camada em um arquivo.

# %%
@keras.saving.register_keras_serializable(package="curso")
class DenseTranspose(layers.Layer):
    """Camada densa cujo kernel é a transposta do kernel de outra; só o viés é seu."""

    def __init__(self, tied_to, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.tied_to = tied_to
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        n_outputs = self.tied_to.kernel.shape[0]
        self.bias = self.add_weight(shape=(n_outputs,), initializer="zeros", name="bias")

    def call(self, inputs):
        return self.activation(ops.matmul(inputs, ops.transpose(self.tied_to.kernel)) + self.bias)

    def get_config(self):
        tied_to = keras.saving.serialize_keras_object(self.tied_to)
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "tied_to": tied_to, "activation": activation}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "tied_to": keras.saving.deserialize_keras_object(config["tied_to"])})


# %% [markdown]
# O SAE amarrado é o mesmo SAE. Só que o decodificador percorre as camadas do codificador de trás para a frente.

# %%
def make_tied_sae(n_codings=30, hidden=100):
    """Um SAE de uma camada oculta de cada lado, com o decodificador amarrado ao codificador."""
    first = layers.Dense(hidden, activation="gelu")
    codings = layers.Dense(n_codings, name="codings")
    encoder = keras.Sequential([layers.Input((28, 28)), layers.Flatten(), first, codings], name="encoder")
    decoder = keras.Sequential(
        [
            layers.Input((n_codings,)),
            DenseTranspose(codings, activation="gelu"),
            DenseTranspose(first, activation="sigmoid"),
            layers.Reshape((28, 28)),
        ],
        name="decoder",
    )
    return keras.Sequential([encoder, decoder])


# %% tags=["nbval-ignore-output"]
tied = make_tied_sae()
tied.compile(optimizer=keras.optimizers.Adam(0.003), loss="mse")
tied.fit(x_train, x_train, batch_size=256, epochs=2, verbose=0, callbacks=[Progress("SAE amarrado")])

# %% [markdown]
# O que mudou nos desenhos de cada unidade? Aqui estão as oito de pesos maiores de cada SAE.

# %%
# opening
# alt: Quatro linhas de oito quadros de pesos. No SAE solto, os quadros com que as unidades leem e aqueles com que escrevem não se
# alt: parecem. No amarrado, as duas linhas são iguais, e nelas se adivinham mangas, golas e barras.
# @title Com o que cada unidade lê, e com o que escreve
def drawings(part):
    """O kernel entre os 784 pixels e as 100 unidades: um desenho para cada unidade."""
    [kernel] = [weight for weight in part.get_weights() if weight.size == 784 * 100]
    return (kernel if len(kernel) == 100 else kernel.T).reshape(100, 28, 28)


rows = {}
for name, model in (("solto", untied), ("amarrado", tied)):
    reads, writes = drawings(model.get_layer("encoder")), drawings(model.get_layer("decoder"))
    sizes = [np.linalg.norm(kernels.reshape(100, -1), axis=1) for kernels in (reads, writes)]
    strongest = np.argsort(-sizes[0] * sizes[1])[:8]
    for action, kernels in (("lê", reads[strongest]), ("escreve", writes[strongest])):
        rows[f"{name}, {action}"] = 0.5 * kernels / np.abs(kernels).max(axis=(1, 2), keepdims=True)
show_image_rows(rows, title="Solto, cada unidade tem dois desenhos; amarrado, um só")
plt.show()

# %% [markdown]
# O amarrado tem metade dos kernels. Ele reconstrói pior? (As imagens vão invertidas: 1 é preto.)

# %%
# alt: Seis peças de roupa, e as reconstruções do SAE solto e do amarrado. As duas são um pouco borradas, e é difícil dizer qual é
# alt: qual.
shown, models = x_test[10:16], {"solto": untied, "amarrado": tied}
rows = {"originais": shown}
for name, model in models.items():
    rebuilt = model.predict(shown, verbose=0)
    rows[f"{name}\nerro {squared_error(shown, rebuilt).mean():.4f}".replace(".", ",")] = rebuilt
show_image_rows(rows, title="Metade dos kernels, e reconstruções parecidas")
plt.show()

# %% [markdown]
# Mal se distinguem um do outro.
#
# ### Salvar e reabrir
#
# Salve os **pesos**, e refaça o modelo com a função que o constrói: ela o amarra de novo.

# %%
with tempfile.TemporaryDirectory() as folder:
    tied.save_weights(Path(folder) / "sae.weights.h5")
    reopened = make_tied_sae()
    reopened.load_weights(Path(folder) / "sae.weights.h5")

print("mesmas reconstruções:", np.array_equal(tied.predict(shown, verbose=0), reopened.predict(shown, verbose=0)))


# %% [markdown]
# **Cuidado:** `tied.save("sae.keras")` escreve o codificador e o decodificador em separado, e `load_model` para com um erro: procura o
# kernel nos dois lugares. *Para ir além* mostra uma saída.
#
# ## 3. Quantos parâmetros se poupam?
#
# > **A aula diz (C12):** amarrar os pesos reduz pela metade o número de pesos no modelo.
#
# É uma conta. Cada variável entra uma vez só, por mais camadas que a usem.

# %%
def count(model):
    """Quantos números há nos kernels, que são matrizes, e nos vieses, que são vetores."""
    kernels = sum(v.shape[0] * v.shape[1] for v in model.trainable_variables if len(v.shape) == 2)
    biases = sum(v.shape[0] for v in model.trainable_variables if len(v.shape) == 1)
    return {"kernels": kernels, "vieses": biases, "todos": kernels + biases}


counts = {name: count(model) for name, model in models.items()}
show_table({"SAE": list(counts), **{key: [one[key] for one in counts.values()] for key in counts["solto"]}})
half = {key: counts["amarrado"][key] / counts["solto"][key] for key in ("kernels", "todos")}
claim("C12", "kernels: amarrado / solto", value=half["kernels"], holds=between(0.5, 0.5))
claim("C12", "todos os parâmetros: amarrado / solto", value=half["todos"], holds=between(0.5, 0.505))

# %% [markdown]
# **Leitura.** Os kernels caem exatamente pela metade. Os vieses ficam todos, mas são poucos: a frase da aula vale.
#
# ## 4. Aprende mais depressa?
#
# > **A aula diz (C13):** amarrar os pesos reduz o número de pesos, acelerando o aprendizado.
#
# Segundos dependem da máquina. Contamos **passos** do gradiente descendente (SGD) até um erro fixado, **0,025**, na validação. Um
# passo custa quase o mesmo nos dois, porque as multiplicações são as mesmas.
#
# Por justiça, cada um tem a **sua** taxa, a que na validação pediu menos passos: 20 para o solto, 17 para o amarrado. Elas
# parecem enormes porque a perda é uma média de 784 pixels, e o gradiente dela é pequeno. Como a sorte dos pesos iniciais conta,
# treinamos cada um três vezes. Uma passagem pelas 55.000 imagens são 430 passos; com `steps_per_epoch=43`, a "época" do `fit` é um décimo
# dela, e a curva tem mais pontos.
#
# **Antes de rodar, aposte:** quem chega antes, e quantos por cento de passos o outro dá a mais?

# %% tags=["nbval-ignore-output"]
x_judge = x_valid[:1000]
curves = {"solto": [], "amarrado": []}

for draw in ("1", "2", "3"):
    for name, make, rate in (("solto", make_sae, 20.0), ("amarrado", make_tied_sae, 17.0)):
        model = make(n_codings=30, hidden=100)
        model.compile(optimizer=keras.optimizers.SGD(rate), loss="mse")
        history = model.fit(
            x_train,
            x_train,
            batch_size=128,
            steps_per_epoch=43,
            epochs=14,
            validation_data=(x_judge, x_judge),
            verbose=0,
            callbacks=[Progress(f"{name}, vez {draw}")],
        )
        curves[name].append(history.history["val_loss"])


# %% [markdown]
# O erro desce aos solavancos. Contamos até a **primeira** vez que ele passa por 0,025, e a figura mostra o menor erro até ali. A
# linha cheia é a média das três vezes; a tracejada é a média dos treinos do estudo, e na faixa caem oito de cada dez deles.

# %%
lowest = {name: np.minimum.accumulate(three, axis=1) for name, three in curves.items()}  # o menor erro até ali
looks = 43 * np.arange(1, 15)


def steps_to(error, curve):
    """Em quantos passos uma curva que só desce chega a um erro; entre dois pontos, interpola."""
    return np.interp(-np.log(error), -np.log(curve), looks)


steps = {name: np.mean([steps_to(0.025, curve) for curve in three]) for name, three in lowest.items()}
show_table({"SAE": list(steps), "passos até o erro 0,025": list(steps.values())}, digits=1)

# %%
# alt: O menor erro de validação até ali contra o número de passos, em escala logarítmica. A curva do SAE amarrado fica abaixo da do
# alt: solto e cruza antes dela a linha do erro 0,025; faixas, do estudo, acompanham as duas.
# @title A figura
KINDS = {
    "solto": ("curve_untied", PALETTE["green"], "#006B4E"),
    "amarrado": ("curve_tied", PALETTE["orange"], "#8A5F00"),
}


def draw_curves(ax, claim_id, measure, x, curves):
    """Desenha as curvas desta execução, com o nome no fim; embaixo delas, a faixa e a média do estudo."""
    upper = max(curves, key=lambda name: curves[name][-1])
    for name, curve in curves.items():
        arm, colour, dark = KINDS[name]
        if study := study_curve(claim_id, arm, measure):
            ax.fill_between(study.steps, study.low, study.high, color=colour, alpha=0.22, linewidth=0)
            ax.plot(study.steps, study.mean, "--", color=colour, linewidth=1.2)
        ax.plot(x, curve, color=colour)
        ax.text(1.02 * x[-1], curve[-1], name, color=dark, va="bottom" if name == upper else "top")


fig, ax = plt.subplots(figsize=(8.4, 3.9))
ax.plot([35, looks[-1]], [0.025, 0.025], ":", color=PALETTE["grey"])
ax.text(50, 0.0246, "erro 0,025", color=PALETTE["grey"], va="top", fontsize=10)
draw_curves(ax, "C13", "lowest", looks, {name: three.mean(axis=0) for name, three in lowest.items()})
for name in steps:
    ax.plot(steps[name], 0.025, "o", color=KINDS[name][1], markeredgecolor="black", markersize=8, zorder=3)
ax.set(title="O amarrado precisa de menos passos até o erro 0,025", xlabel="passos", yscale="log")
ax.set(ylabel="menor erro até ali (MSE)", xlim=(35, 690), ylim=(0.018, 0.075), yticks=[0.02, 0.03, 0.04, 0.06])
ax.minorticks_off()
decimal_comma(ax)
plt.show()

# %%
# alt: Uma reta com a margem em 1,1 vez; o intervalo do estudo, uma barra grossa, fica à direita dela, e o ponto desta execução cai na
# alt: barra fina.
show_verdict("C13", "sgd", here=steps["solto"] / steps["amarrado"])

# %% [markdown]
# **Leitura.** A aula tem razão: cada um com a sua melhor taxa, o solto dá mais passos até o mesmo erro. No estudo isso vale com SGD e
# com Adam. E não é uma taxa maior disfarçada: com o *dobro* da taxa do amarrado, o solto fica mais lento ainda.
#
# ## 5. Protege do *overfitting*?
#
# > **A aula diz (C14):** amarrar os pesos limita o risco de *overfitting*.
#
# *Overfitting* (sobreajuste) é ir bem no treino e mal no resto: sobram pesos, faltam dados. Vamos provocá-lo:
# **500 imagens**, e 200 passagens por elas. (Cada imagem entra dez vezes em `repeated`: uma época são dez passagens.) A taxa, 0,003, é
# a melhor para o solto na validação.
#
# **Antes de rodar, aposte:** qual termina com o menor erro nas 500 imagens? E em imagens novas?

# %% tags=["nbval-ignore-output"]
few = np.random.default_rng(SEED).choice(x_train, 500, replace=False)
repeated = np.repeat(few, 10, axis=0)
seen, new, test_error = {}, {}, {}

for name, make in (("solto", make_sae), ("amarrado", make_tied_sae)):
    model = make(n_codings=30, hidden=100)
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="mse")
    history = model.fit(
        repeated,
        repeated,
        batch_size=100,
        epochs=20,
        validation_data=(x_judge, x_judge),
        verbose=0,
        callbacks=[Progress(f"{name}, 500 imagens")],
    )
    seen[name], new[name] = history.history["loss"], history.history["val_loss"]
    test_error[name] = mean_error(model, x_test)

# %%
# alt: Dois gráficos do erro contra o número de passagens por 500 imagens. Nas imagens do treino, a curva do SAE solto termina abaixo
# alt: da do amarrado. Em imagens novas é o contrário: a do solto para mais acima, e depois sobe.
# @title A figura
passes = 10 * np.arange(1, 21)
panels = {"Nas 500 imagens do treino": ("seen", seen), "Em imagens novas, de perto": ("new", new)}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.8))
for ax, (title, (measure, errors)) in zip(axes, panels.items(), strict=True):
    draw_curves(ax, "C14", measure, passes, errors)
    ax.set(title=title, xlabel="passagens pelas 500 imagens", xlim=(5, 260), xticks=range(50, 201, 50))
for name, curve in new.items():
    best = np.argmin(curve)
    axes[1].plot(passes[best], curve[best], "o", color=KINDS[name][1], markeredgecolor="black", markersize=8, zorder=3)
axes[0].set(ylabel="erro (MSE)", ylim=(0, 0.04))
axes[1].set(ylim=(0.018, 0.026))
decimal_comma(*axes)
fig.suptitle("O solto decora mais as 500 imagens, e erra mais nas outras", x=0.01, ha="left")
plt.show()

# %%
# alt: Uma reta com a margem em 1,03 vez; o intervalo do estudo, uma barra grossa, fica à direita dela, e o ponto desta execução cai na
# alt: barra fina.
show_verdict("C14", "few_end", here=test_error["solto"] / test_error["amarrado"])

# %% [markdown]
# **Leitura.** O solto termina com erro menor no treino e maior no que não viu: decorou mais. Parar a tempo não basta: mesmo em seu
# melhor momento, o ponto, ele fica acima. Não é só o número de parâmetros que protege: no estudo, um SAE solto de 50 unidades, que
# tem quase tantos quanto o amarrado de 100, erra mais do que os dois. Mas a proteção é para quem tem poucas imagens. Com as 55.000 não há o que
# proteger, e quem erra menos é o solto.
#
# ## Recapitulando
#
# - Amarrar é usar no decodificador a transposta do kernel do codificador; próprios dele são só os vieses.
# - Os kernels caem exatamente pela metade; os vieses ficam (C12).
# - Com a melhor taxa de cada um, o SAE amarrado chega a um erro fixado em menos passos do SGD (C13).
# - Com poucas imagens ele decora menos e erra menos nas novas; com muitas, o solto é que erra menos (C14).
# - De um modelo amarrado salvam-se os pesos; quem o refaz é a função que o construiu.
#
# ## Vamos exercitar
#
# ### Exercício 04.1 · Conte os parâmetros
#
# Um SAE amarrado vai de 784 entradas a 200 unidades, a 50 codings, e volta. Quantos parâmetros ele tem, com os vieses?

# %%
n_parameters = ...

check("04.1", n_parameters)


# %% [markdown]
# <details><summary>Solução</summary>
#
# Dois kernels, e um viés para cada saída de cada uma das quatro camadas.
#
# ```python
# n_parameters = 784 * 200 + 200 * 50 + (200 + 50) + (200 + 784)
#
# check("04.1", n_parameters)
# ```
#
# </details>

# %% [markdown]
# ### Exercício 04.2 · À mão
#
# Escreva em NumPy as reconstruções de um AE amarrado **linear**, de uma camada de cada lado. `x` tem uma linha por exemplo, `kernel` é
# o do codificador, e há um viés para os codings e outro para as saídas.

# %%
def reconstruct(x, kernel, bias_codings, bias_outputs):
    return ...


check("04.2", reconstruct)

# %% [markdown]
# <details><summary>Solução</summary>
#
# A mesma matriz duas vezes: na ida como está, na volta transposta.
#
# ```python
# def reconstruct(x, kernel, bias_codings, bias_outputs):
#     codings = x @ kernel + bias_codings
#     return codings @ kernel.T + bias_outputs
#
#
# check("04.2", reconstruct)
# ```
#
# </details>

# %% [markdown]
# ### Exercício 04.3 · Projete e treine: três camadas amarradas
#
# Projete um SAE amarrado de **três** camadas de cada lado: duas ocultas e a dos 30 codings, e de volta. As larguras são
# suas. Treine-o com `x_train` em menos de um minuto, e fique **abaixo do erro 0,012** em imagens que ele não viu. Componha-o de `encoder` e
# `decoder`, com esses nomes.

# %%
my_sae = ...

check("04.3", my_sae)

# %% [markdown]
# <details><summary>Solução</summary>
#
# O decodificador começa pela camada dos codings e termina na primeira.
#
# ```python
# first, second = layers.Dense(350, activation="gelu"), layers.Dense(120, activation="gelu")
# third = layers.Dense(30)
# my_encoder = keras.Sequential([layers.Input((28, 28)), layers.Flatten(), first, second, third], name="encoder")
# my_decoder = keras.Sequential(
#     [
#         layers.Input((30,)),
#         DenseTranspose(third, activation="gelu"),
#         DenseTranspose(second, activation="gelu"),
#         DenseTranspose(first, activation="sigmoid"),
#         layers.Reshape((28, 28)),
#     ],
#     name="decoder",
# )
# my_sae = keras.Sequential([my_encoder, my_decoder])
#
# my_sae.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
# my_sae.fit(x_train, x_train, batch_size=256, epochs=8, verbose=0)
#
# check("04.3", my_sae)
# ```
#
# </details>

# %% [markdown]
# ## Para ir além
#
# **O gradiente é a soma de dois.** O kernel amarrado está em dois lugares, e cada um deles pede uma mudança. Comece um SAE solto com
# as transpostas do amarrado: o gradiente do kernel amarrado é a soma dos gradientes dos dois kernels soltos.

# %%
def gradients(model, x):
    """O gradiente do erro em relação a cada variável do modelo."""
    with tf.GradientTape() as tape:
        error = ops.mean((model(x) - x) ** 2)
    return tape.gradient(error, model.trainable_variables)


kernel_1, bias_1, kernel_2, bias_2, bias_3, bias_4 = (variable.numpy() for variable in tied.trainable_variables)
twin = make_sae(n_codings=30, hidden=100)
twin.set_weights([kernel_1, bias_1, kernel_2, bias_2, kernel_2.T, bias_3, kernel_1.T, bias_4])

of_tied, of_twin = gradients(tied, x_test[:100]), gradients(twin, x_test[:100])
print("é a soma:", np.allclose(of_tied[0], of_twin[0] + ops.transpose(of_twin[-2]), atol=1e-6))

# %% [markdown]
# **Um arquivo só.** Ponha as camadas das duas partes em **uma** fila. O Keras escreve então cada camada uma vez, e o arquivo `.keras`
# reabre amarrado. `clone_model` não serve para copiar: refaz as parceiras, sem avisar, e o clone tem o dobro dos kernels.

# %%
parts = [tied.get_layer("encoder"), tied.get_layer("decoder")]
chain = keras.Sequential([layers.Input((28, 28)), *(layer for part in parts for layer in part.layers)])
with tempfile.TemporaryDirectory() as folder:
    chain.save(Path(folder) / "sae.keras")
    reopened = keras.saving.load_model(Path(folder) / "sae.keras")

print("mesmas reconstruções:", np.array_equal(chain.predict(shown, verbose=0), reopened.predict(shown, verbose=0)))
copies = {"original": chain, "reaberto": reopened, "clone": keras.models.clone_model(chain)}
show_table({"modelo": list(copies), "parâmetros": [model.count_params() for model in copies.values()]})

# %% [markdown]
# ## Referências
#
# - R. G. Mantovani. *Aula 05: Autoencoders*. Métodos e Modelos Avançados em Ciência de Dados, UTFPR.
# - P. Vincent, H. Larochelle, I. Lajoie, Y. Bengio, P.-A. Manzagol. *Stacked denoising autoencoders*. Journal of Machine Learning
#   Research 11 (2010), p. 3371-3408.
# - A. Géron. *Hands-On Machine Learning with Scikit-Learn, Keras, and TensorFlow*, 2ª ed., O'Reilly, 2019, cap. 17.
# - Keras. *Making new layers and models via subclassing* e *Serialize, save and export*. keras.io/guides.
#
# **A seguir:** um codificador treinado sem rótulos já sabe alguma coisa. Ele ajuda quem tem poucos rótulos? A
# [lição 05](05_pretreino.ipynb) mede.
