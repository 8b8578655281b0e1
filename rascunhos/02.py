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
# # 02 · Autoencoder básico: uma roupa em trinta números
#
# [![Abrir no Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/)
#
# **Slides:** Aula 05, seções *AEs*, *Funções de custo*, *Camada subcompleta* e *Camada sobrecompleta* · **Tempo de execução:** cerca de 40 s · 2 núcleos, sem GPU
#
# [← Anterior: 01 · Motivação](01_motivacao.ipynb) · [Sobre o curso](../README.md) · [Próximo: 03 · SAE e t-SNE →](03_sae_tsne.ipynb)

# %%
start_notebook()

# %%
# @title Bibliotecas e funções auxiliares
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.random_projection import GaussianRandomProjection

from studies.verdicts import show_verdict
from utils.claims import at_most, claim
from utils.data import CLASS_NAMES, load_fashion_mnist
from utils.drawings import draw_codings, show_opening
from utils.exercises import check
from utils.plots import PALETTE, animate, decimal_comma, show_image_rows
from utils.tables import show_table
from utils.training import Progress, mean_error, squared_error

# %%
# alt: Em cima, um suéter de 28 por 28 pixels, uma fileira de 30 barras, que são os codings, e o suéter reconstruído,
# alt: um pouco borrado. Embaixo, uma bota, outras 30 barras, e uma mancha que não é uma bota.
# @title A figura desta lição
show_opening("02")

# %% [markdown]
# **Por que trinta números bastam para o suéter, e não para a bota?** Os dois passaram pela mesma rede. Ela nunca tinha visto
# este suéter, nem esta bota. (As imagens aparecem invertidas: o preto vale 1 e o branco, 0.)
#
# **Você vai aprender:**
# - as partes de um AE, como se monta um em Keras, e suas duas funções de custo;
# - quanto de uma imagem cabe em 30 codings, e o que a PCA faz com os mesmos 30;
# - o que um AE subcompleto faz com o que nunca viu, para que isso serve, e por que um sobrecompleto nada promete.
#
# ## 1. As partes
#
# Leia a figura da esquerda para a direita. O **codificador**, ou *rede de reconhecimento*, converte a entrada em uma representação
# latente, os **codings**. O **decodificador**, ou *rede generativa*, converte os codings na saída. A saída se chama
# **reconstrução**, porque o AE tenta refazer a entrada.
#
# Os dados são o Fashion-MNIST: imagens de roupas, calçados e bolsas, de 28 × 28 pixels, com tons de cinza entre 0 e 1. Há
# rótulos, mas o AE **não os verá**.

# %%
fashion = load_fashion_mnist()
x_train, x_test = fashion.train.images, fashion.test.images
y_train, y_test = fashion.train.labels, fashion.test.labels
print("treino:", x_train.shape, "teste:", x_test.shape)


# %% [markdown]
# O AE mais simples tem uma camada de cada lado. `Flatten` e `Reshape` não têm pesos: transformam a imagem em uma lista de 784
# números, e a lista em imagem. A sigmoide deixa cada pixel da saída entre 0 e 1.

# %%
def make_ae(n_codings=30, output_activation="sigmoid"):
    """O AE mais simples: uma camada para codificar, outra para decodificar."""
    encoder = keras.Sequential([keras.Input((28, 28)), layers.Flatten(), layers.Dense(n_codings)], name="encoder")
    decoder = keras.Sequential(
        [
            keras.Input((n_codings,)),
            layers.Dense(28 * 28, activation=output_activation),
            layers.Reshape((28, 28)),
        ],
        name="decoder",
    )
    return keras.Sequential([keras.Input((28, 28)), encoder, decoder])


# %%
# @title Um ajudante: fotografa as reconstruções durante o treino
class Snapshots(keras.callbacks.Callback):
    """Guarda o que o AE faz de algumas imagens depois de certos passos de treino."""

    def __init__(self, images, steps):
        super().__init__()
        self.images, self.steps, self.taken = images, steps, {}

    def on_train_begin(self, logs=None):
        self.step = 0

    def on_train_batch_begin(self, batch, logs=None):
        if self.step in self.steps:
            self.taken[self.step] = self.model(self.images).numpy()
        self.step += 1


# %% [markdown]
# Agora o treino. A entrada é também o alvo: `fit(x_train, x_train)`. Cada passo usa 256 imagens, e uma época são 215 passos. No
# caminho, fotografamos o que o AE faz de cinco peças de teste.

# %% tags=["nbval-ignore-output"]
garments = ("suéter", "calça", "vestido", "bota", "bolsa")
five = [np.flatnonzero(y_test == CLASS_NAMES.index(name))[0] for name in garments]
snapshots = Snapshots(x_test[five], steps=(0, 10, 20, 40, 80, 160, 320, 640, 1280))

ae = make_ae()
ae.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
history = ae.fit(
    x_train, x_train, batch_size=256, epochs=6, verbose=0, callbacks=[Progress("AE com 30 codings"), snapshots]
)
encoder = ae.get_layer("encoder")

# %%
# alt: Animação. Em cima, um suéter, uma calça, um vestido, uma bota e uma bolsa. Embaixo, as reconstruções: primeiro um
# alt: cinza chuviscado, depois uma mesma mancha para todas, e por fim cada peça, sem os detalhes.
*earlier, last = snapshots.taken.items()
frames = []
for step, rebuilt in (last, *earlier):
    when = f"época {1 + step // 215}, passo {step}" if step else "antes do treino"
    frames.append(show_image_rows({"originais": x_test[five], "reconstruções": rebuilt}, title=when.capitalize()))
animate(frames, seconds=0.9)

# %% [markdown]
# Antes do treino, um chuvisco. Depois de dez passos, quase a mesma mancha para todas. Então o AE separa roupa de calçado, e no
# fim cada peça é ela mesma. Faltam os detalhes, como as letras do suéter.
#
# ### Um AE é uma MLP
#
# > **A aula diz (C5):** o AE mais simples tem a mesma arquitetura que uma MLP, exceto pela camada de saída ter o mesmo
# > tamanho que as entradas.
#
# Se é assim, uma MLP *pronta* serve. Treinamos um pouco a do scikit-learn, com 30 unidades ocultas, e copiamos seus pesos para
# um AE nosso, sem a sigmoide, que ela não tem.

# %%
rows = x_train[:2000].reshape(-1, 784)
mlp = MLPRegressor(hidden_layer_sizes=(30,), activation="identity", random_state=SEED).partial_fit(rows, rows)

twin = make_ae(output_activation=None)
twin.set_weights([mlp.coefs_[0], mlp.intercepts_[0], mlp.coefs_[1], mlp.intercepts_[1]])

of_mlp, of_twin = mlp.predict(x_test[:500].reshape(-1, 784)), twin.predict(x_test[:500], verbose=0)
difference = np.abs(of_mlp - of_twin.reshape(-1, 784)).max()
claim("C5", "maior diferença entre as saídas da MLP e do AE com os mesmos pesos", value=difference, holds=at_most(1e-4))

# %% [markdown]
# As saídas são as mesmas, a menos do arredondamento. O que faz de uma MLP um autoencoder é o que se pede dela.
#
# ## 2. As duas funções de custo
#
# A função de custo (*loss*) compara a entrada $x$ com a reconstrução $\hat{x}$.
#
# > **A aula diz (C4):** para entradas binárias usa-se a entropia cruzada; para entradas reais, metade do erro quadrático, com
# > saída linear; em ambos os casos o treinamento é feito via *backpropagation*.
#
# $$l_{\text{bin}} = -\sum_k \left[ x_k \log \hat{x}_k + (1 - x_k) \log (1 - \hat{x}_k) \right]
# \qquad
# l_{\text{real}} = \frac{1}{2} \sum_k (\hat{x}_k - x_k)^2$$
#
# A soma corre sobre os pixels. Se $x_k = 1$, a entropia cruzada é $-\log \hat{x}_k$: zero em $\hat{x}_k = 1$, e sem limite
# quando $\hat{x}_k$ chega perto de 0. Ela *puxa* $\hat{x}_k$ para 1; se $x_k = 0$, puxa para 0. O Keras tira a **média** dos 784
# pixels, e seu erro quadrático não tem o ½. Confira com o suéter:

# %%
x = x_test[five[0]]
x_hat = np.clip(ae.predict(x[None], verbose=0)[0], 0.001, 0.999)
slide = np.array([-np.sum(x * np.log(x_hat) + (1 - x) * np.log(1 - x_hat)), 0.5 * np.sum((x_hat - x) ** 2)])
of_keras = np.array([keras.losses.BinaryCrossentropy()(x, x_hat), keras.losses.MeanSquaredError()(x, x_hat)])
factors = np.array([784, 784 / 2])
show_table(
    {
        "função de custo": ["entropia cruzada", "½ erro quadrático"],
        "slide": slide,
        "Keras": of_keras,
        "Keras × 784 ou 784/2": of_keras * factors,
    }
)
relative = np.abs(of_keras * factors / slide - 1).max()
claim("C4", "maior diferença relativa entre os custos do slide e os do Keras", value=relative, holds=at_most(1e-4))

# %% [markdown]
# Um fator constante não muda onde está o mínimo. O AE da seção 1, em tons de cinza, foi treinado com o erro quadrático. Agora
# deixamos 10.000 imagens só em **preto e branco**, o caso da entropia cruzada, e treinamos três AEs: um como o slide manda, um com a
# outra função de custo, e um com ela e a saída linear.
#
# **Antes de rodar, aposte:** qual põe mais pixels do lado errado, preto por branco ou branco por preto?

# %% tags=["nbval-ignore-output"]
black_white, new = [(images > 0.5).astype("float32") for images in (x_train[:10_000], x_test)]
cases = {
    "entropia cruzada, sigmoide": ("binary_crossentropy", "sigmoid"),
    "erro quadrático, sigmoide": ("mse", "sigmoid"),
    "erro quadrático, saída linear": ("mse", None),
}
returned = {}
for name, (loss, output_activation) in cases.items():
    model = make_ae(output_activation=output_activation)
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss=loss)
    model.fit(black_white, black_white, batch_size=128, epochs=5, verbose=0, callbacks=[Progress(name)])
    returned[name] = model.predict(new, batch_size=1000, verbose=0)

# %%
# alt: Cinco peças em preto e branco e três fileiras de reconstruções. As três têm as mesmas formas; a da saída linear
# alt: é a mais acinzentada. Ao lado de cada fileira, a porcentagem de pixels errados, quase a mesma, e os extremos.
shown = {"originais": new[five]}
for name, images in returned.items():
    wrong = 100 * np.mean((images > 0.5) != (new > 0.5))
    label = f"{name.replace(', ', chr(10))}\n{wrong:.1f} % errados\nde {images.min():.1f} a {images.max():.1f}"
    shown[label.replace(".", ",").replace("-", "−")] = np.clip(images[five], 0, 1)
show_image_rows(shown, title="Em preto e branco, os três AEs erram quase o mesmo")
plt.show()

# %% [markdown]
# **Leitura.** Os três erram quase o mesmo número de pixels. O que muda é a saída: a sigmoide fica entre 0 e 1, e a linear passa dos
# dois lados e deixa mais cinza. Com a sigmoide, a saída se lê como a probabilidade de o pixel ser preto, e é disso que a
# entropia cruzada precisa. Para números reais de qualquer tamanho a sigmoide não serve, e o slide usa a saída linear.
#
# ## 3. Trinta codings, nenhum rótulo
#
# > **A aula diz (C3):** AEs aprendem, de maneira não supervisionada, representações latentes com uma dimensionalidade muito
# > menor que a do conjunto de entrada.
#
# De 784 pixels para 30 codings: 26 vezes menos. Mas quaisquer 30 números são poucos. Quanto os *aprendidos* valem a mais?
# Comparamos com 30 pixels ao acaso, com 30 projeções ao acaso (somas dos pixels com pesos sorteados) e com os 30 componentes da
# PCA. De cada conjunto, o **mesmo** leitor, uma regressão linear, refaz a imagem.
#
# **Antes de rodar, aposte:** quem fica em primeiro?

# %%
flat_train, flat_test = x_train.reshape(-1, 784), x_test.reshape(-1, 784)
chosen = np.random.default_rng(SEED).choice(784, size=30, replace=False)
projection = GaussianRandomProjection(30, random_state=SEED).fit(flat_train[:1])
pca = PCA(30, svd_solver="covariance_eigh").fit(flat_train)
find = {
    "pixels": lambda rows: rows[:, chosen],
    "projections": projection.transform,
    "codings": lambda rows: encoder.predict(rows.reshape(-1, 28, 28), batch_size=1000, verbose=0),
    "pca": pca.transform,
}
rebuilt = {}
for name, numbers_of in find.items():
    reader = LinearRegression().fit(numbers_of(flat_train[:10_000]), flat_train[:10_000])
    rebuilt[name] = reader.predict(numbers_of(flat_test)).reshape(-1, 28, 28)
rebuilt["ae"] = ae.predict(x_test, batch_size=1000, verbose=0)
error = {name: squared_error(x_test, images).mean() for name, images in rebuilt.items()}

# %%
# alt: Cinco peças e cinco fileiras de reconstruções, com o erro de cada uma. Com pixels e projeções ao acaso saem
# alt: borrões; com os codings do AE e a PCA as peças se reconhecem; com o decodificador do AE o fundo fica limpo.
# @title A figura
labels = ("30 pixels\nao acaso", "30 projeções\nao acaso", "30 codings\ndo AE", "PCA, 30\ncomponentes", "o próprio AE")
shown = {"originais": x_test[five]}
for label, (name, images) in zip(labels, rebuilt.items(), strict=True):
    shown[f"{label}\nerro {error[name]:.4f}".replace(".", ",")] = np.clip(images[five], 0, 1)
show_image_rows(shown, title="Aprendidos, 30 números guardam bem mais do que ao acaso")
plt.show()

# %%
# alt: Uma reta com a margem; o intervalo do estudo, uma barra grossa, fica inteiro à direita dela, e o ponto desta
# alt: execução cai na barra fina.
show_verdict("C3", "projections", here=error["projections"] / error["codings"])

# %% [markdown]
# **Leitura.** Sem rótulo nenhum, o AE achou 30 números bem melhores do que os sorteados. Mas a PCA ganha dele: quando quem lê é
# linear, nada vence a PCA, e o AE só pode chegar perto. Por isso *em parte*. Na última fileira quem lê é o decodificador do próprio AE,
# que termina em sigmoide: ele erra menos do que a PCA, e o fundo branco sai branco. Na [lição 03](03_sae_tsne.ipynb) a rede ganha
# mais camadas, e a distância aumenta.
#
# ## 4. Subcompleto: bom no que viu
#
# Com 30 codings para 784 pixels, nosso AE é **subcompleto**: a camada oculta é menor que a entrada.
#
# > **A aula diz (C6):** o AE subcompleto comprime bem apenas as entradas do conjunto de treinamento; aprende bem a distribuição
# > dos dados de treino e não generaliza bem para dados diferentes.
#
# Treinamos outro AE **sem calçados**: nem sandálias, nem tênis, nem botas. O AE da seção 1, que viu tudo, diz se calçados são só
# mais difíceis. *Roupas*, aqui, é todo o resto, bolsas inclusive.
#
# **Antes de rodar, aposte:** o que esse AE faz de uma bota? E de uma roupa nova, que também não estava no treino?

# %% tags=["nbval-ignore-output"]
footwear = [CLASS_NAMES.index(name) for name in ("sandália", "tênis", "bota")]
x_clothes = x_train[~np.isin(y_train, footwear)]

clothes_ae = make_ae()
clothes_ae.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
history = clothes_ae.fit(  # oito épocas: quase tantos passos quanto na seção 1
    x_clothes, x_clothes, batch_size=256, epochs=8, verbose=0, callbacks=[Progress("AE sem calçados")]
)

# %%
# opening
# alt: Em cima, um suéter de 28 por 28 pixels, uma fileira de 30 barras, que são os codings, e o suéter reconstruído,
# alt: um pouco borrado. Embaixo, uma bota, outras 30 barras, e uma mancha que não é uma bota.
# @title Um suéter e uma bota típicos: os de erro mediano
of_clothes_ae = clothes_ae.predict(x_test, batch_size=1000, verbose=0)
clothes_error = squared_error(x_test, of_clothes_ae)
typical = []
for name in ("suéter", "bota"):
    of_class = np.flatnonzero(y_test == CLASS_NAMES.index(name))
    typical.append(of_class[np.argsort(clothes_error[of_class])[len(of_class) // 2]])
draw_codings(
    x_test[typical],
    clothes_ae.get_layer("encoder").predict(x_test[typical], verbose=0),
    of_clothes_ae[typical],
    labels=["suéter", "bota"],
    title="O AE que nunca viu calçados não sabe fazer uma bota",
)
plt.show()

# %%
# alt: Uma reta com a margem; o intervalo do estudo, uma barra grossa, fica inteiro à direita dela, e o ponto desta
# alt: execução cai perto da barra.
is_footwear = np.isin(y_test, footwear)
kinds = {
    "roupas do treino": x_clothes[:7000],
    "roupas novas": x_test[~is_footwear],
    "calçados": x_test[is_footwear],
    "roupas de ponta-cabeça": x_test[~is_footwear][:, ::-1],
}
without = {kind: mean_error(clothes_ae, images) for kind, images in kinds.items()}
everything = {kind: mean_error(ae, images) for kind, images in kinds.items()}
columns = {"AE sem calçados": list(without.values()), "AE com tudo": list(everything.values())}
show_table({"erro em": list(kinds), **columns})
show_verdict("C6", "footwear", here=without["calçados"] / everything["calçados"])

# %% [markdown]
# **Leitura.** A bota vira uma mancha. O AE que viu calçados erra neles menos da metade: não é que a bota seja difícil, é que
# faltaram exemplos. Basta virar as roupas de ponta-cabeça para o erro crescer. Já em roupas **novas** ele é quase o do treino. Onde a
# aula diz *apenas as entradas do treinamento*, leia: apenas o que se parece com elas.
#
# ### Um defeito útil: detectar anomalias
#
# Um erro grande é um **sinal** de que a imagem é diferente das do treino. Quão bom? A **AUC**, *área sob a curva ROC*, diz: de cem
# pares de um calçado e uma roupa, em quantos o calçado tem o erro maior? No sorteio seriam 50. Os rivais, que também só viram
# roupas, são o erro da PCA com 30 componentes e a distância até a imagem média. **Antes de rodar, aposte:** por quantos pontos
# o AE ganha da PCA?

# %%
# alt: Três histogramas do erro, de roupas em cinza e de calçados em laranja. Nos três, os calçados ficam à direita e há
# alt: alguma sobreposição. Nos do AE e da PCA, quase iguais, ela é menor do que no da imagem média.
clothes_pca = PCA(30, svd_solver="covariance_eigh").fit(x_clothes.reshape(-1, 784))
signals = {
    "AE": clothes_error,
    "PCA": squared_error(flat_test, clothes_pca.inverse_transform(clothes_pca.transform(flat_test))),
    "imagem média": squared_error(x_test, np.broadcast_to(x_clothes.mean(axis=0), x_test.shape)),
}
auc = {name: 100 * roc_auc_score(is_footwear, signal) for name, signal in signals.items()}

fig, axes = plt.subplots(1, 3, figsize=(9.6, 3), sharey=True)
for ax, (name, signal) in zip(axes, signals.items(), strict=True):
    bins = np.linspace(0, np.quantile(signal, 0.995), 40)
    for kind, colour in ((~is_footwear, "grey"), (is_footwear, "orange")):
        ax.hist(signal[kind], bins, color=PALETTE[colour], alpha=0.6, weights=np.full(kind.sum(), 100 / kind.sum()))
    ax.set(title=f"{name}: AUC {auc[name]:.1f} %".replace(".", ","), xlabel="erro da imagem")
    ax.set(xticks=[0, 0.05, 0.1, 0.15], xlim=(0, bins[-1]))
    decimal_comma(ax)
axes[0].set_ylabel("imagens de cada tipo (%)")
axes[0].text(0.3, 0.85, "roupas", color=PALETTE["grey"], transform=axes[0].transAxes)
axes[0].text(0.6, 0.35, "calçados", color="#8A5F00", transform=axes[0].transAxes)
fig.suptitle("O erro denuncia os calçados; o da PCA, quase tão bem quanto o do AE", x=0.01, ha="left")
plt.show()

# %% [markdown]
# **Leitura.** O sinal é bom, e quase todo ele já está na PCA: no [estudo](../docs/afirmacoes.md#c6), com dez sementes, o AE fica de
# 0,2 a 0,5 ponto acima dela. É um sinal, não uma prova: onde o laranja cobre o cinza, uma roupa erra tanto quanto um calçado.
#
# ## 5. Sobrecompleto: nada o obriga a aprender
#
# E se a camada oculta tiver o **mesmo tamanho** da entrada, ou for maior? Quando é maior, o AE é **sobrecompleto**. (O slide
# *Camada sobrecompleta* diz, por engano, "AE subcompleto".)
#
# > **A aula diz (C7):** não há compressão na camada oculta, cada unidade pode apenas copiar um componente da entrada, e não
# > há garantia de que as unidades extraiam uma estrutura que tem significado.
#
# Com 784 codings, copiar nem precisa de treino: cada coding recebe um pixel, e cada pixel da saída, um coding. Para flagrar
# quem copia, **embaralhamos os pixels**: já não há roupa nenhuma.

# %%
rng = np.random.default_rng(SEED)
shuffled = rng.permuted(flat_test[:2000], axis=1).reshape(-1, 28, 28)

copier = make_ae(784, output_activation=None)
copier.set_weights([np.eye(784), np.zeros(784), np.eye(784), np.zeros(784)])
print(f"erro do copiador nos pixels embaralhados: {mean_error(copier, shuffled):.4f}".replace(".", ","))

# %% [markdown]
# Erro zero, sem ter aprendido **nada**. E os AEs *treinados*, copiam? Treinamos três, com 30, 784 e 1.000 codings, nas mesmas
# 10.000 imagens. **Antes de rodar, aposte:** o que cada um faz dos pixels embaralhados? E o que ajuda mais um classificador, os 1.000
# codings ou os próprios pixels?

# %% tags=["nbval-ignore-output"]
some = rng.permutation(len(x_train))[:10_000]
models = {"copiador": copier}
for n_codings in (30, 784, 1000):
    name = f"{n_codings} codings"
    model = models[name] = make_ae(n_codings)
    model.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
    model.fit(x_train[some], x_train[some], batch_size=32, epochs=2, verbose=0, callbacks=[Progress(name)])

# %%
# alt: Cinco colunas: um suéter, uma bota e três imagens de pixels embaralhados. O copiador devolve todas sem mudança. Com
# alt: 30 codings o ruído vira uma mancha cinza; com 784 e 1.000 as roupas saem nítidas e parte do ruído volta.
columns = np.concatenate([x_test[typical], shuffled[:3]])
shown = {"originais": columns}
for name, model in models.items():
    shown[name] = np.clip(model.predict(columns, verbose=0), 0, 1)
titles = ["suéter", "bota", *["embaralhada"] * 3]
show_image_rows(shown, title="Sem gargalo, até o que não tem padrão começa a voltar", column_titles=titles)
plt.show()

# %% [markdown]
# Um classificador linear, com só 2.000 rótulos, julga os codings. Se eles têm uma estrutura útil, ele deve acertar mais com eles do
# que com os pixels, que são os codings do copiador.

# %%
# alt: Uma reta com a margem, o intervalo do estudo como barra grossa, o de uma execução como barra fina, e um ponto.
accuracy, some_error = {}, {}
for name, model in models.items():
    to_codings = model.get_layer("encoder")
    train, test = [to_codings.predict(x, batch_size=1000, verbose=0) for x in (x_train[some[:2000]], x_test)]
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
    accuracy[name] = 100 * classifier.fit(train, y_train[some[:2000]]).score(test, y_test)
    some_error[name] = mean_error(model, x_test)
show_table(
    {"AE": list(models), "erro em roupas novas": list(some_error.values()), "acurácia (%)": list(accuracy.values())},
    digits={"acurácia (%)": 1},
)
show_verdict("C7", "no_structure", here=accuracy["copiador"] - accuracy["1000 codings"])

# %% [markdown]
# **Leitura.** Com 30 codings, o ruído some em uma sombra. Sem o gargalo, o erro nas roupas cai muito, e parte do ruído
# volta: o AE caminha para a cópia. O copiador tem o menor erro de todos e não aprendeu nada: sozinho, o erro de reconstrução não diz
# se os codings são bons. Um AE sobrecompleto precisa de outro obstáculo; na [lição 08](08_dae.ipynb) ele será o ruído.
#
# ## Recapitulando
#
# - Um AE é uma MLP que devolve a própria entrada (C5): um codificador e um decodificador, treinados com `fit(x, x)`.
# - Entropia cruzada ou erro quadrático (C4): os dois puxam a reconstrução para a entrada; a saída é que pede cuidado.
# - Sem rótulos, 30 codings guardam bem mais do que 30 números ao acaso; a PCA é a rival a lembrar (C3).
# - **Subcompleto**, o AE refaz bem o que se parece com o treino, e mal o resto (C6); o erro serve para detectar anomalias.
# - **Sobrecompleto**, ele pode copiar, e um erro pequeno deixa de provar que aprendeu (C7).
#
# ## Vamos exercitar
#
# Escreva sua resposta no lugar das reticências e rode a célula. Ela diz se você acertou e, se não, dá uma dica.
#
# ### Exercício 02.1 · Conte os pesos
#
# Quantos pesos, contando os vieses (*biases*), tem um AE denso com camadas 784 → 100 → 10 → 100 → 784? Faça a conta antes de
# perguntar ao Keras.

# %%
n_weights = ...

check("02.1", n_weights)

# %% [markdown]
# <details><summary>Solução</summary>
#
# Cada camada densa tem entradas × saídas pesos e um viés por saída.
#
# ```python
# n_weights = (784 * 100 + 100) + (100 * 10 + 10) + (10 * 100 + 100) + (100 * 784 + 784)
#
# check("02.1", n_weights)
# ```
#
# </details>

# %% [markdown]
# ### Exercício 02.2 · A reconstrução perfeita
#
# Um colega mostra, contente, um AE com erro de reconstrução **zero** nos dados de treino. Quais frases são verdadeiras? Responda com
# um conjunto de letras.
#
# - **a)** Erro zero garante que os codings são bons para um classificador.
# - **b)** O AE pode ser sobrecompleto e apenas copiar a entrada.
# - **c)** O risco principal de um AE subcompleto demais é perder informação útil.
# - **d)** O risco principal de um AE sobrecompleto é não aprender estrutura nenhuma.
# - **e)** Vale olhar o erro em dados de outro tipo, além do erro em dados de teste.
# - **f)** Um AE subcompleto com erro pequeno no treino comprime bem qualquer imagem.

# %%
true_sentences = ...

check("02.2", true_sentences)

# %% [markdown]
# <details><summary>Solução</summary>
#
# São verdadeiras **b**, **c**, **d** e **e**. A frase (a) cai com o copiador da seção 5, e a (f), com as botas da seção 4. O copiador
# mostra também (b), (d) e (e): o erro zero em pixels *embaralhados* é que o denuncia. A (c) se vê na seção 3: com poucos
# números, os detalhes se perdem.
#
# ```python
# true_sentences = {"b", "c", "d", "e"}
#
# check("02.2", true_sentences)
# ```
#
# </details>

# %% [markdown]
# ### Exercício 02.3 · Projete e treine: um detector melhor que a PCA
#
# Na seção 4, a PCA com 30 componentes alcança uma AUC de 94,6 %, e o AE mal a passa. Projete um AE cujo erro denuncie calçados com
# uma AUC de **pelo menos 95,5 %**, e treine-o em menos de um minuto, só com `x_clothes`. O número de codings e as camadas são seus.
# Componha-o de `encoder` e `decoder`, com esses nomes. Ele será julgado nas imagens de teste; para escolher, use
# `fashion.validation`.

# %%
my_ae = ...

check("02.3", my_ae)

# %% [markdown]
# <details><summary>Solução</summary>
#
# Mais codings: com 100, o AE refaz as roupas muito melhor, e os calçados nem tanto. Com codings demais ele refaria tudo, e o
# sinal sumiria, como no copiador. Mas seja justo com a rival: a PCA com 100 componentes também chega perto de 96.
#
# ```python
# my_ae = make_ae(100)
# my_ae.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
# my_ae.fit(x_clothes, x_clothes, batch_size=32, epochs=6, verbose=0)
#
# check("02.3", my_ae)
# ```
#
# </details>


# %% [markdown]
# ## Para ir além
#
# **O gradiente, à mão.** Tome o menor dos AEs: três entradas, dois codings com sigmoide, três saídas,
# $h = \sigma(x W_1 + b_1)$ e $a = h W_2 + b_2$. Com saída linear ($\hat{x} = a$) e erro quadrático, ou com sigmoide
# ($\hat{x} = \sigma(a)$) e entropia cruzada, a derivada do custo em relação a $a$ é a mesma: $\hat{x} - x$. O *backpropagation* leva
# essa diferença de volta, camada por camada. Conferimos com **diferenças centrais**: mexa um peso um pouco para cima e
# para baixo, e veja quanto o custo muda.

# %%
def forward(x, weights, is_binary):
    """A camada oculta, a reconstrução e o custo do slide."""
    w1, b1, w2, b2 = weights
    h = 1 / (1 + np.exp(-(x @ w1 + b1)))
    a = h @ w2 + b2
    if not is_binary:
        return h, a, 0.5 * np.sum((a - x) ** 2)
    x_hat = 1 / (1 + np.exp(-a))
    return h, x_hat, -np.sum(x * np.log(x_hat) + (1 - x) * np.log(1 - x_hat))


def backpropagation(x, weights, is_binary):
    """O gradiente do custo em relação a W1, b1, W2 e b2, pela regra da cadeia."""
    h, x_hat, _ = forward(x, weights, is_binary)
    delta_2 = x_hat - x
    delta_1 = (delta_2 @ weights[2].T) * h * (1 - h)
    return [np.outer(x, delta_1), delta_1, np.outer(h, delta_2), delta_2]


# %%
x = np.array([1.0, 0.0, 1.0])
weights = [rng.normal(size=shape) for shape in ((3, 2), (2,), (2, 3), (3,))]
step, largest = 1e-5, 0.0
for is_binary in (False, True):
    gradients = backpropagation(x, weights, is_binary)
    for weight, gradient in zip(weights, gradients, strict=True):
        for i in np.ndindex(weight.shape):
            kept, costs = weight[i], []
            for moved in (kept + step, kept - step):
                weight[i] = moved
                costs.append(forward(x, weights, is_binary)[2])
            weight[i] = kept
            largest = max(largest, abs((costs[0] - costs[1]) / (2 * step) - gradient[i]))
claim("C4", "maior diferença entre o gradiente à mão e o das diferenças centrais", value=largest, holds=at_most(1e-6))

# %% [markdown]
# **O subespaço da PCA.** Um AE linear treinado com o erro quadrático chega ao mesmo subespaço que a PCA (Baldi e Hornik, 1989), como
# na lição 01, agora com imagens. São seis codings, e seis **ângulos principais** entre os dois subespaços: zero quer dizer que a
# direção está nos dois.

# %% tags=["nbval-ignore-output"]
linear_ae = make_ae(6, output_activation=None)
linear_ae.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
history = linear_ae.fit(
    x_train[:20_000], x_train[:20_000], batch_size=64, epochs=1, verbose=0, callbacks=[Progress("AE linear")]
)
kernel = linear_ae.get_layer("decoder").get_weights()[0]
angles = np.degrees(subspace_angles(kernel.T, pca.components_[:6].T))
show_table({"ângulo principal (graus)": np.sort(angles)}, digits=1)

# %% [markdown]
# **Um detector melhor sem trocar de modelo.** Uma sandália tem poucos pixels escuros: mesmo mal refeita, seu erro é pequeno.
# Divida o erro pela intensidade da imagem, a média dos pixels ao quadrado, e compare com a seção 4.

# %%
intensity = np.mean(x_test**2, axis=(1, 2))
relative_auc = [100 * roc_auc_score(is_footwear, signal / intensity) for signal in signals.values()]
show_table({"sinal": list(signals), "AUC do erro (%)": list(auc.values()), "dividido (%)": relative_auc}, digits=1)

# %% [markdown]
# Uma divisão rende mais do que a troca da PCA pelo AE. Antes de um modelo melhor, procure uma medida melhor.

# %% [markdown]
# ## Referências
#
# - R. G. Mantovani. *Aula 05: Autoencoders*. Métodos e Modelos Avançados em Ciência de Dados, UTFPR.
# - P. Baldi, K. Hornik. *Neural networks and principal component analysis: learning from examples without local minima*.
#   Neural Networks 2 (1989), p. 53-58.
# - H. Xiao, K. Rasul, R. Vollgraf. *Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms*.
#   arXiv:1708.07747, 2017.
# - I. Goodfellow, Y. Bengio, A. Courville. *Deep Learning*, MIT Press, 2016, cap. 14.
# - A. Géron. *Hands-On Machine Learning with Scikit-Learn, Keras, and TensorFlow*, 2ª ed., O'Reilly, 2019, cap. 17.
#
# **A seguir:** na [lição 03](03_sae_tsne.ipynb) o autoencoder ganha mais camadas, guarda bem mais nos mesmos 30 codings, e desenha um mapa
# de todas as roupas.
