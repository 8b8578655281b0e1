# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: all
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 03 · Stacked autoencoders, reconstruções e t-SNE
#
# [![Abrir no Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/)
#
# **Slides:** Aula 05, seções *Stacked AEs*, *Visualizando as reconstruções* e *SAEs* · **Tempo de execução:** cerca de 70 s · 2 núcleos, sem GPU
#
# [← Anterior: 02 · Autoencoder básico](02_ae_basico.ipynb) · [Sobre o curso](../README.md) · [Próximo: 04 · Pesos amarrados →](04_pesos_amarrados.ipynb)

# %%
start_notebook()

# %%
# @title Bibliotecas e funções auxiliares
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.neighbors import NearestNeighbors

from studies.common import probe
from studies.verdicts import show_verdict
from utils.data import CLASS_NAMES, load_fashion_mnist
from utils.drawings import draw_network, show_opening
from utils.exercises import check
from utils.models import SHAPE, compose
from utils.plots import PALETTE, animate, decimal_comma, explore, plot_map, plot_plane, show_image_rows
from utils.tables import show_table
from utils.training import Progress, mean_error

# %%
# alt: Centenas de peças de roupa em grade, cada uma na cor de sua classe. De uma casa à outra a peça muda aos poucos: tênis viram
# alt: botas, calças viram vestidos, vestidos viram camisetas, e estas viram casacos. Onde não há imagens, a página é branca.
# @title A figura desta lição
show_opening("03")

# %% [markdown]
# **Ninguém desenhou estas peças: uma rede fez cada uma a partir de só dois números. Como uma rede que nunca viu um rótulo pôs as botas ao
# lado dos tênis, e as calças ao lado dos vestidos?** (As cores são as classes. Quem as pôs fomos nós.)
#
# **Você vai aprender:**
# - a empilhar camadas em um "sanduíche", e o que a profundidade muda;
# - o que fazer com reconstruções ruins, e o que uma rede poderosa demais aprende;
# - a reduzir imagens a 30 codings e vê-las aos milhares em um mapa, com t-SNE.
#
# ## 1. O sanduíche
#
# O AE da lição 02 tem uma camada para codificar e outra para decodificar. Um **stacked autoencoder** (SAE) empilha várias. (Os slides também
# o chamam de *deep autoencoder*, DAE. O dAE da [lição 08](08_dae.ipynb) é outra coisa.) Ele é simétrico em relação à camada dos codings, e
# por isso a aula o chama de *sanduíche*.

# %%
# alt: Uma rede de cinco camadas, da esquerda para a direita: 784 entradas, 350 unidades ocultas, 30 codings, 350 unidades
# alt: ocultas, 784 reconstruções. As duas metades, codificador e decodificador, são simétricas.
def make_sae(n_codings=30, hidden=350, noise=None):
    """Um SAE com uma camada oculta de cada lado dos codings."""
    return compose(
        [layers.Flatten(), layers.Dense(hidden, activation="gelu"), layers.Dense(n_codings, name="codings")],
        [
            layers.Dense(hidden, activation="gelu"),
            layers.Dense(28 * 28, activation="sigmoid"),
            layers.Reshape(SHAPE),
        ],
        n_codings,
        noise,
    )


names = ["entradas", "oculta", "codings", "oculta", "reconstruções"]
draw_network([784, 350, 30, 350, 784], names=names, title="O sanduíche: simétrico em relação aos codings")
plt.show()

# %% [markdown]
# A primeira lista são as camadas do codificador; a segunda, as do decodificador. `compose` faz delas dois modelos, `encoder` e `decoder`, um
# depois do outro. (`noise` só serve à lição 08.) Treinamos com 55.000 imagens, sem rótulos, por quatro épocas.

# %% tags=["nbval-ignore-output"]
fashion = load_fashion_mnist()
x_train, x_valid, x_test = (part.images for part in fashion)
y_train, y_valid, y_test = (part.labels for part in fashion)

keras.utils.set_random_seed(SEED)
sae = make_sae()
sae.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
sae.fit(x_train, x_train, batch_size=256, epochs=4, verbose=0, callbacks=[Progress("SAE 350-30-350")])
encoder, decoder = sae.get_layer("encoder"), sae.get_layer("decoder")

# %% [markdown]
# O slide diz: "um jeito de garantir que o AE está propriamente treinado é comparar as entradas com as saídas". Aqui estão cinco peças
# que ele não viu. (As imagens aparecem invertidas: 1 é preto.)

# %%
# alt: Cinco peças de roupa, suas reconstruções e as diferenças. As reconstruções têm a forma e o tom certos, mas são lisas;
# alt: nas diferenças aparecem a estampa, as letras e as tiras que se perderam.
def with_error(name, error):
    """Um nome e, na linha de baixo, um erro (MSE)."""
    return f"{name}\nerro {error:.4f}".replace(".", ",")


one_of_each = np.array([np.flatnonzero(y_test == label)[0] for label in range(10)])
shown = x_test[one_of_each[[0, 2, 5, 8, 9]]]
rebuilt = sae.predict(shown, verbose=0)
show_image_rows(
    {"originais": shown, with_error("reconstruções", mean_error(sae, x_test)): rebuilt, "diferenças": rebuilt - shown},
    title="Trinta números guardam a forma e o tom; a estampa se perde",
)
plt.show()

# %% [markdown]
# ## 2. Mais camadas, padrões mais complexos?
#
# > **A aula diz (C8):** mais camadas permitem aos AEs aprenderem padrões mais complexos.
#
# Uma rede mais profunda costuma ter mais parâmetros, e isso já ajuda. Para ser justo, comparamos redes com quase o mesmo número deles: de
# cada lado, **uma** camada oculta de 64 unidades ou **três** de 56. E em duas situações: com 30 codings e com **2**, que obrigam o
# codificador a estender 784 dimensões sobre um plano.
#
# **Antes de rodar, aposte:** quem ganha com 2 codings, uma camada ou três? E com 30?

# %% tags=["nbval-ignore-output"]
def make_stacked(n_codings, hidden):
    """Um SAE com qualquer número de camadas ocultas, dadas da entrada aos codings."""
    down = [layers.Dense(units, activation="gelu") for units in hidden]
    up = [layers.Dense(units, activation="gelu") for units in reversed(hidden)]
    return compose(
        [layers.Flatten(), *down, layers.Dense(n_codings, name="codings")],
        [*up, layers.Dense(28 * 28, activation="sigmoid"), layers.Reshape(SHAPE)],
        n_codings,
    )


x_small = x_train[:10_000]
depths = {"uma camada": [64], "três camadas": [56, 56, 56]}
by_depth = {}
for n_codings in (2, 30):
    for name, hidden in depths.items():
        keras.utils.set_random_seed(SEED)
        model = by_depth[name, n_codings] = make_stacked(n_codings, hidden)
        model.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
        line = Progress(f"{name}, {n_codings} codings")
        model.fit(x_small, x_small, batch_size=256, epochs=15, verbose=0, callbacks=[line])

# %%
# alt: Uma reta com a margem em 1,03 vez; o intervalo do estudo, uma barra grossa, e o ponto desta execução, à direita da margem.
depth_error = {key: mean_error(model, x_test) for key, model in by_depth.items()}
show_table(
    {
        "camadas ocultas de cada lado": [name for name, _ in by_depth],
        "codings": [n_codings for _, n_codings in by_depth],
        "parâmetros": [model.count_params() for model in by_depth.values()],
        "erro de teste (MSE)": list(depth_error.values()),
    }
)
show_verdict("C8", "two_codings", here=depth_error["uma camada", 2] / depth_error["três camadas", 2])

# %% [markdown]
# **Leitura.** Nesta receita curta, depende do gargalo. Com 2 codings as três camadas ganham: o que há para aprender é uma superfície muito
# curva, e cada camada a dobra um pouco mais. Com 30 elas perdem, até nas imagens do treino: redes profundas também são mais difíceis de
# treinar.
#
# ### O plano dos codings
#
# Com 2 codings, cada imagem é um ponto de um plano. E cada ponto do plano é uma imagem: basta dá-lo ao decodificador. Demos à rede de três
# camadas uma grade de pontos. A cor é a da classe mais comum entre as imagens de teste ali perto; onde não há nenhuma, fica branco.

# %%
# opening
# alt: Centenas de peças de roupa em grade, cada uma na cor de sua classe. De uma casa à outra a peça muda aos poucos: tênis viram
# alt: botas, calças viram vestidos, vestidos viram camisetas, e estas viram casacos. Onde não há imagens, a página é branca.
plane = by_depth["três camadas", 2]
points = plane.get_layer("encoder").predict(x_test, batch_size=1000, verbose=0)


def decode(points):
    return plane.get_layer("decoder").predict(points, batch_size=1000, verbose=0)


plot_plane(decode, points, y_test, CLASS_NAMES, title="Dois números, uma peça: o plano dos codings, decodificado")
plt.show()

# %% [markdown]
# Peças parecidas ficam perto, porque o decodificador muda pouco a imagem quando os codings mudam pouco. A rede achou as formas, e as classes
# vieram com elas.
#
# ## 3. A reconstrução não está boa. O que fazer?
#
# > **A aula diz (C9):** treinar o modelo por mais épocas, tornar o codificador e o decodificador mais profundos, aumentar a camada dos
# > codings.
#
# Partimos de um SAE ruim: uma camada oculta de 100 unidades, 10 codings, 10.000 imagens e só 6 épocas. Aplicamos **um** remédio de cada vez.
#
# **Antes de rodar, aposte:** qual ajuda mais: três vezes mais épocas, uma camada a mais de cada lado ou o dobro de codings?

# %% tags=["nbval-ignore-output"]
remedies = {  # camadas ocultas, codings, épocas
    "sem remédio": ([100], 10, 6),
    "18 épocas": ([100], 10, 18),
    "uma camada a mais": ([256, 100], 10, 6),
    "20 codings": ([100], 20, 6),
}
treated = {}
for name, (hidden, n_codings, epochs) in remedies.items():
    keras.utils.set_random_seed(SEED)
    model = treated[name] = make_stacked(n_codings, hidden)
    model.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
    model.fit(x_small, x_small, batch_size=256, epochs=epochs, verbose=0, callbacks=[Progress(name)])

# %%
# alt: Cinco peças de roupa e quatro linhas de reconstruções: sem remédio, com 18 épocas, com uma camada a mais, com 20 codings. Todas são
# alt: borradas. O erro, ao lado de cada linha, é o menor com 18 épocas.
remedy_error = {name: mean_error(model, x_test) for name, model in treated.items()}
rows = {with_error(name, remedy_error[name]): model.predict(shown, verbose=0) for name, model in treated.items()}
show_image_rows({"originais": shown, **rows}, title="A olho quase não se vê, mas cada remédio diminui o erro")
plt.show()

# %%
# alt: Uma reta com a margem em 1,05 vez; o intervalo do estudo, uma barra grossa, fica inteiro aquém da margem, e o ponto desta
# alt: execução cai na barra fina.
show_verdict("C9", "layer", here=remedy_error["sem remédio"] / remedy_error["uma camada a mais"])

# %% [markdown]
# **Leitura.** Nesta execução os três remédios ajudam, e as épocas, que não mudam a rede, mais do que os outros. O cartão, porém, diz que a
# camada a mais não vale. A diferença está no treino: o estudo procura a melhor taxa de aprendizado de cada rede, e aí, em seis épocas, a
# camada a mais já não ajuda; depois de 18, ajuda. Quanto aos outros dois, o efeito fica perto da margem, e o estudo não decide. Antes de
# aumentar uma rede, treine bem a que você tem.
#
# ## 4. A rede poderosa demais
#
# > **A aula diz (C10):** se a rede for muito "poderosa", ela vai mapear perfeitamente as entradas nas reconstruções sem aprender nenhum
# > padrão útil; não irá extrair características úteis.
#
# Damos só 60 imagens, repetidas, a duas redes com 30 codings. A **modesta** tem uma camada de 50 unidades de cada lado; a **grande**, duas de 256,
# e quase sete vezes mais parâmetros. Os codings são *úteis*? Um classificador linear os recebe de 2.000 outras imagens, com rótulos,
# e é testado em imagens novas.
#
# **Antes de rodar, aposte:** qual rede refaz melhor as 60 imagens? E os codings de qual servem mais ao classificador?

# %% tags=["nbval-ignore-output"]
drawn = np.random.default_rng(SEED).permutation(len(x_train))
x_few, labelled = x_train[drawn[:60]], drawn[6000:8000]
x_repeated = np.resize(x_few, (3000, 28, 28))

nets = {}
for name, hidden in {"modesta": [50], "grande": [256, 256]}.items():
    keras.utils.set_random_seed(SEED)
    net = nets[name] = make_stacked(30, hidden)
    net.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
    net.fit(x_repeated, x_repeated, batch_size=60, epochs=10, verbose=0, callbacks=[Progress(f"rede {name}")])

# %%
# alt: Três das 60 imagens e três novas, com as reconstruções das duas redes. Nas três primeiras a rede grande copia o original, e a
# alt: modesta quase. Nas novas as duas são granuladas e erram a forma da sandália e a da bolsa.
some = np.concatenate([x_few[:3], shown[1:4]])
rows = {f"rede {name}": net.predict(some, verbose=0) for name, net in nets.items()}
show_image_rows(
    {"originais": some, **rows},
    title="A grande copia as 60 que viu; nas novas, as duas improvisam",
    column_titles=["das 60"] * 3 + ["nova"] * 3,
)
plt.show()


# %%
# alt: Uma reta com a margem em 1 ponto; o intervalo do estudo, uma barra grossa, e o ponto desta execução.
def usefulness(net):
    """Acurácia de teste, em %, de um classificador linear que só recebe codings."""
    parts = [(x_train[labelled], y_train[labelled]), (x_valid, y_valid), (x_test, y_test)]
    return probe(*[(net.get_layer("encoder").predict(x, batch_size=1000, verbose=0), y) for x, y in parts])


useful = {name: usefulness(net) for name, net in nets.items()}
show_table(
    {
        "rede": list(nets),
        "erro nas 60": [mean_error(net, x_few) for net in nets.values()],
        "erro em novas": [mean_error(net, x_test) for net in nets.values()],
        "acurácia com os codings (%)": list(useful.values()),
    },
    digits={"acurácia com os codings (%)": 1},
)
show_verdict("C10", "useful_60", here=useful["modesta"] - useful["grande"])

# %% [markdown]
# **Leitura.** A primeira metade da frase se vê: a rede grande copia as 60, com um erro umas dez vezes menor que o da modesta. A segunda, não:
# seus codings servem ao classificador quase tanto quanto os da modesta. No estudo é assim com 60, 600 e 6.000 imagens, e o treino com 60
# já deixa os codings mais úteis do que eram antes dele. O perigo é outro. O erro da grande nas 60 nada diz do erro em imagens novas,
# dezenas de vezes maior: **olhe sempre o erro em dados que a rede não viu**.
#
# ## 5. Duas mil imagens em um mapa
#
# > **A aula diz (C11):** uma vez que o SAE é treinado, podemos usá-lo para reduzir a dimensionalidade do dataset; ele lida com grandes
# > quantidades de dados. Depois se alimenta uma técnica de visualização (PCA, t-SNE).
#
# O **t-SNE** dá a cada imagem um ponto no plano, de modo que vizinhas continuem vizinhas. Ele pode partir dos 784 pixels. A receita da
# aula é reduzir antes: o SAE dá 30 codings, e deles se faz o mapa. O rival de sempre é a PCA, também com 30 números. A nota de um mapa: dos 10
# vizinhos de cada ponto, quantos em cem são da mesma classe? (Rótulos, só para a nota.)
#
# **Antes de rodar, aposte:** reduzir antes melhora o mapa, ou perde informação e piora? E a PCA perde para o SAE?

# %%
x_map, y_map = x_test[:2000], y_test[:2000]
pixels = x_map.reshape(-1, 784)
pca = PCA(30, random_state=0).fit(x_train.reshape(-1, 784))
codings = encoder.predict(x_map, verbose=0)


def same_class(points, labels=y_map):
    """De cada cem vizinhos (os 10 mais próximos de cada ponto), quantos são da mesma classe."""
    nearest = NearestNeighbors(n_neighbors=10).fit(points).kneighbors(return_distance=False)
    return 100 * np.mean(labels[nearest] == labels[:, None])


maps = {"SAE → PCA": PCA(2, random_state=0).fit_transform(codings)}
for name, start in {"pixels": pixels, "PCA-30": pca.transform(pixels), "SAE": codings}.items():
    maps[f"{name} → t-SNE"] = TSNE(init="pca", max_iter=500, random_state=SEED).fit_transform(start)

# %%
# alt: Quatro mapas com a nota de cada um. No da PCA as classes se sobrepõem no meio; nos três do t-SNE elas formam ilhas parecidas.
# @title Quatro mapas das mesmas imagens, com suas notas
score = {name: same_class(points) for name, points in maps.items()}
fig, axes = plt.subplots(1, 4, figsize=(11, 3.6))
for ax, (name, points) in zip(axes, maps.items(), strict=True):
    title = f"{name}\n{score[name]:.1f} %".replace(".", ",")
    plot_map(points, y_map, CLASS_NAMES, title=title, ax=ax, names=False)
    ax.set_aspect("equal")
handles, _ = axes[0].get_legend_handles_labels()
fig.legend(handles, CLASS_NAMES, loc="outside lower center", ncols=10, markerscale=4, fontsize=9, handletextpad=0)
fig.suptitle("Vizinhos da mesma classe: o t-SNE separa o que a PCA sobrepõe", x=0.01, ha="left")
plt.show()

# %%
# alt: Uma reta com a margem em 1 ponto; o intervalo do estudo, uma barra grossa, e o ponto desta execução.
show_verdict("C11", "tsne_components", here=score["SAE → t-SNE"] - score["PCA-30 → t-SNE"])

# %% [markdown]
# **Leitura.** A escolha do mapa importa muito: em duas dimensões a PCA sobrepõe o que o t-SNE separa. A da redução importa pouco: os três
# mapas de t-SNE têm quase a mesma nota, ou seja, 30 números bastam para saber quem se parece com quem. O que mais se ganha com o SAE: 26 vezes
# menos números por imagem, e um codificador que recebe imagens novas, o que o t-SNE não faz.
#
# Agora o mapa do SAE de perto, com as imagens:

# %%
# alt: O mapa de t-SNE com uma centena de miniaturas, emolduradas na cor da classe, e o nome de cada classe. Sandálias, tênis e botas
# alt: ficam juntos, as calças também; camisas, suéteres e casacos se misturam.
plot_map(
    maps["SAE → t-SNE"],
    y_map,
    CLASS_NAMES,
    images=x_map,
    title="Sem rótulos: calçados com calçados, calças com calças; camisas e casacos, misturados",
)
plt.show()

# %% [markdown]
# Em 28 × 28 pixels, uma camisa e um casaco se parecem mesmo. Cuidado com o que um mapa de t-SNE parece dizer: *quem* é vizinho de quem
# importa; o tamanho de uma ilha e a distância entre duas, não.
#
# ## 6. Passear pelos codings
#
# Entre os codings de um tênis e os de uma bota há uma linha reta. Cada parada, decodificada, deve ser um calçado intermediário. A mesma reta
# entre os *pixels* só pode dar duas fotos sobrepostas.

# %%
# alt: Animação com duas imagens lado a lado, do tênis à bota. Pelos codings vê-se um calçado que muda de forma; pelos pixels, os
# alt: dois calçados ao mesmo tempo, um transparente sobre o outro.
# @title Do tênis à bota
both = x_test[one_of_each[[7, 9]]]
ends = encoder.predict(both, verbose=0)
parts = np.linspace(0, 1, 7)[:, None]
by_codings = decoder.predict((1 - parts) * ends[0] + parts * ends[1], verbose=0)
by_pixels = (1 - parts[..., None]) * both[0] + parts[..., None] * both[1]
frames = []
for i in (3, 4, 5, 6, 5, 4, 3, 2, 1, 0, 1, 2):
    fig, ax = plt.subplots(figsize=(6.4, 3.7))
    ax.imshow(np.hstack([by_codings[i], np.zeros((28, 4)), by_pixels[i]]), vmin=0, vmax=1, interpolation="nearest")
    ax.set(xticks=[14, 46], xticklabels=["pelos codings", "pelos pixels"], yticks=[], frame_on=False)
    ax.set_title(f"Do tênis à bota: {100 * i / 6:.0f} % do caminho")
    ax.grid(False)
    ax.tick_params(length=0)
    frames.append(fig)
animate(frames, seconds=0.4)

# %% [markdown]
# Pelos pixels, a bota aparece por cima do tênis. Pelos codings vê-se quase um calçado só, que muda de forma. Mas ele é borrado no meio do
# caminho: ninguém pediu ao SAE que os pontos *entre* os codings também fossem peças.
#
# ### O que faz cada coding?
#
# Pegamos uma camiseta e mexemos em um coding de cada vez, de −3 a +3 desvios padrão (dp). Rode a célula no Jupyter ou no Colab para mexer
# você, com qualquer peça.

# %%
# alt: Quatro linhas de sete camisetas. Em cada linha um coding vai de menos três a mais três desvios padrão, e a peça muda de tom,
# alt: de largura e de contorno ao mesmo tempo.
# @title Quatro codings, e os controles
all_codings = encoder.predict(x_test, batch_size=1000, verbose=0)
spread = all_codings.std(axis=0)
main = np.argsort(spread)[::-1][:4]


def moved(garment, offsets):
    """A peça de uma classe, com os codings principais deslocados em desvios padrão."""
    changed = all_codings[one_of_each[[garment]]].copy()
    changed[0, main] += offsets * spread[main]
    return np.asarray(decoder(changed))[0]


offsets = np.linspace(-3, 3, 7)
rows = {f"coding {'ABCD'[i]}": np.stack([moved(0, o * np.eye(4)[i]) for o in offsets]) for i in range(4)}
columns = [f"{o:+.0f} dp".replace("-", "−") if o else "sem mexer" for o in offsets]
show_image_rows(rows, title="Uma camiseta, mexendo em um coding de cada vez", column_titles=columns)
plt.show()
explore(moved, CLASS_NAMES, ["coding A", "coding B", "coding C", "coding D"])

# %% [markdown]
# Cada coding muda várias coisas ao mesmo tempo, o tom, a largura, o contorno. Nenhum se chama "manga" ou "gola": a informação está
# espalhada.
#
# ## Recapitulando
#
# - Um SAE é um sanduíche: camadas empilhadas, simétricas em relação à camada dos codings.
# - Com quase o mesmo número de parâmetros e um treino curto, três camadas ganharam com 2 codings e perderam com 30 (C8).
# - Contra uma reconstrução ruim: mais épocas, mais camadas, mais codings. Nenhum remédio é garantido (C9).
# - Uma rede grande copia as poucas imagens que viu, e ainda assim seus codings servem (C10). O que julga é o erro em dados novos.
# - SAE e depois t-SNE: 30 números por imagem, e um mapa em que as classes aparecem sem rótulos (C11).
#
# ## Vamos exercitar
#
# Escreva sua resposta no lugar das reticências e rode a célula. Ela diz se você acertou e, se não, dá uma dica.
#
# ### Exercício 03.1 · O sanduíche
#
# Escreva `sandwich`, que recebe os tamanhos das camadas do codificador, da entrada aos codings, e devolve a lista de tamanhos do SAE
# inteiro. Exemplo: `sandwich([784, 100, 30])` é `[784, 100, 30, 100, 784]`.

# %%
def sandwich(encoder_sizes):
    return ...


check("03.1", sandwich)


# %% [markdown]
# <details><summary>Solução</summary>
#
# A camada dos codings é o centro e aparece uma vez só.
#
# ```python
# def sandwich(encoder_sizes):
#     return encoder_sizes + encoder_sizes[-2::-1]
#
#
# check("03.1", sandwich)
# ```
#
# </details>

# %% [markdown]
# ### Exercício 03.2 · Diagnóstico
#
# Um SAE tem erro 0,002 no treino e 0,045 na validação. O que pode ajudar? Responda com um conjunto de letras.
#
# - **a)** treinar por mais épocas com os mesmos dados;
# - **b)** juntar mais imagens de treino, mesmo sem rótulos;
# - **c)** usar uma rede menor;
# - **d)** trocar a rede por uma maior, com os mesmos dados;
# - **e)** parar o treino quando o erro de validação deixa de cair.

# %%
what_may_help = ...

check("03.2", what_may_help)

# %% [markdown]
# <details><summary>Solução</summary>
#
# São **b**, **c** e **e**. O erro de treino já é quase zero: a rede decorou. Mais épocas (a) ou mais parâmetros (d) a ajudam a decorar
# ainda melhor.
#
# ```python
# what_may_help = {"b", "c", "e"}
#
# check("03.2", what_may_help)
# ```
#
# </details>

# %% [markdown]
# ### Exercício 03.3 · Projete e treine: alcance o SAE desta lição
#
# O SAE desta lição erra cerca de 0,011 nas imagens de teste, com quatro épocas. Projete o seu, também com **30 codings**, que erre **no máximo
# 0,011**, e treine-o em menos de um minuto. Componha-o de `encoder` e `decoder`, com esses nomes; as imagens são `x_train`. A verificação
# usa as imagens de teste e diz quanto falta para a melhor receita do curso.

# %%
my_sae = ...

check("03.3", my_sae)

# %% [markdown]
# <details><summary>Solução</summary>
#
# Mais unidades e o dobro de épocas bastam. A melhor receita do curso tem só 350 unidades; o que ela muda é a taxa de aprendizado, que sobe
# até 0,005 e depois cai (`keras.optimizers.schedules.CosineDecay`, com `warmup_target`), em sete épocas com lotes de 128.
#
# ```python
# my_encoder = keras.Sequential(
#     [layers.Input((28, 28)), layers.Flatten(), layers.Dense(512, "gelu"), layers.Dense(30)], name="encoder"
# )
# my_decoder = keras.Sequential(
#     [layers.Input((30,)), layers.Dense(512, "gelu"), layers.Dense(784, "sigmoid"), layers.Reshape((28, 28))],
#     name="decoder",
# )
# my_sae = keras.Sequential([layers.Input((28, 28)), my_encoder, my_decoder])
#
# my_sae.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
# my_sae.fit(x_train, x_train, batch_size=256, epochs=8, verbose=0)
#
# check("03.3", my_sae)
# ```
#
# </details>

# %% [markdown]
# ## Para ir além
#
# **Codings com ReLU.** A camada dos codings não tem ativação. Treinamos de novo o SAE de uma camada e 30 codings da seção 2, agora com ReLU nos
# codings. Uma unidade que dá zero para *todas* as imagens está morta: não guarda nada, e não recebe gradiente para voltar.

# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(SEED)
with_relu = compose(
    [layers.Flatten(), layers.Dense(64, activation="gelu"), layers.Dense(30, activation="relu", name="codings")],
    [layers.Dense(64, activation="gelu"), layers.Dense(28 * 28, activation="sigmoid"), layers.Reshape(SHAPE)],
    30,
)
with_relu.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse")
history = with_relu.fit(x_small, x_small, batch_size=256, epochs=15, verbose=0, callbacks=[Progress("codings ReLU")])

# %%
kinds = {"lineares": by_depth["uma camada", 30], "ReLU": with_relu}
values = [model.get_layer("encoder").predict(x_test, batch_size=1000, verbose=0) for model in kinds.values()]
show_table(
    {
        "codings": list(kinds),
        "mortos (%)": [100 * np.mean(value.std(axis=0) < 1e-6) for value in values],
        "erro de teste (MSE)": [mean_error(model, x_test) for model in kinds.values()],
    },
    digits={"mortos (%)": 1},
)

# %% [markdown]
# O erro com ReLU é maior: codings podem morrer, e os outros só usam metade da reta. No meio do sanduíche, deixe as unidades lineares.
#
# **Vizinhos: para que serve reduzir.**
#
# > **A aula diz (C20):** AEs são úteis para redução de dimensionalidade e visualização de dados.
#
# (Os outros usos ficam para as lições 05 e 09.) Que peças o SAE acha parecidas? Para três imagens de teste, as cinco mais próximas
# entre 10.000 do treino, por 30 codings e por 784 pixels.

# %%
# alt: Seis linhas, duas para cada uma de três peças: a procurada e as cinco mais próximas, por codings e por pixels. As duas listas
# alt: são parecidas.
wanted = one_of_each[[2, 5, 8]]
spaces = {
    "codings": (encoder.predict(x_small, batch_size=1000, verbose=0), all_codings),
    "pixels": (x_small.reshape(-1, 784), x_test.reshape(-1, 784)),
}
rows = {}
for name, (known, new) in spaces.items():
    near = NearestNeighbors(n_neighbors=5).fit(known).kneighbors(new[wanted], return_distance=False)
    for i, garment in enumerate(("suéter", "sandália", "bolsa")):
        rows[f"{garment}: {name}"] = np.concatenate([x_test[wanted[[i]]], x_small[near[i]]])
rows = {name: rows[name] for name in sorted(rows, reverse=True)}
show_image_rows(rows, title="Vizinhos por codings e por pixels", column_titles=["procurada", *"12345"])
plt.show()

# %%
# alt: Uma reta com a margem em 1 ponto; o intervalo do estudo, uma barra grossa, e o ponto desta execução.
share = {name: same_class(new[:5000], y_test[:5000]) for name, (_, new) in spaces.items()}
show_verdict("C20", "C11.whole_pixels", here=share["codings"] - share["pixels"])

# %% [markdown]
# **Leitura.** As duas listas se parecem, e os vizinhos por codings são da mesma classe ao menos tantas vezes quanto os vizinhos por pixels. Para
# achá-los, comparam-se 30 números em vez de 784.
#
# **Bits, não números.** Trinta números são quantos bits? Um `float32` tem 32, mas quase todos sobram. Arredondamos cada coding a um de
# $2^b$ valores, igualmente espaçados até três desvios padrão da média, e decodificamos. Ao lado, a PCA com os mesmos bits, e um limite da
# teoria da informação: o menor erro possível com tantos bits, **se** as imagens fossem sorteadas de uma normal com a mesma covariância.

# %%
# @title Arredondar codings; o limite da normal
def rounded(values, bits):
    """Os valores arredondados a 2**bits níveis por coluna."""
    low, step = values.mean(axis=0) - 3 * values.std(axis=0), 6 * values.std(axis=0) / 2**bits
    return low + step * (np.clip((values - low) // step, 0, 2**bits - 1) + 0.5)


variances = np.linalg.eigvalsh(np.cov(x_train.reshape(-1, 784), rowvar=False)).clip(1e-12)
levels = np.geomspace(1e-3, 1, 200)[:, None]  # o erro que cada direção pode ter
bound_bits = 0.5 * np.log2(np.maximum(variances / levels, 1)).sum(axis=1)
bound_error = np.minimum(variances, levels).mean(axis=1)

components = pca.transform(pixels)
n_bits = np.arange(2, 9)
coded = {"SAE": [], "PCA": []}
for bits in n_bits:
    from_sae = decoder.predict(rounded(codings, bits), verbose=0)
    from_pca = pca.inverse_transform(rounded(components, bits)).reshape(x_map.shape)
    coded["SAE"].append(np.mean((from_sae - x_map) ** 2))
    coded["PCA"].append(np.mean((from_pca - x_map) ** 2))

# %%
# alt: O erro contra o número de bits por imagem. A curva do SAE desce até cerca de 150 bits e fica plana; a da PCA fica plana mais
# alt: acima; o limite da normal continua a descer.
# @title A figura
fig, ax = plt.subplots()
for (name, errors), colour in zip(coded.items(), ("green", "grey"), strict=True):
    ax.plot(30 * n_bits, errors, "o-", color=PALETTE[colour])
    ax.text(245, errors[-1], f"{name}, 30 números", color=PALETTE[colour], va="center")
inside = (bound_bits > 55) & (bound_bits < 245)
ax.plot(bound_bits[inside], bound_error[inside], "--", color=PALETTE["black"])
ax.text(245, bound_error[inside].min(), "limite da normal", va="center")
ax.set(title="Cinco bits por coding bastam ao SAE", xlabel="bits por imagem", ylabel="erro de teste (MSE)")
ax.set(xlim=(55, 310), xticks=30 * n_bits)
decimal_comma(ax)
plt.show()

# %% [markdown]
# **Leitura.** A partir de cinco bits por coding, 150 por imagem, o erro do SAE quase não muda: dos 960 bits de trinta `float32`, sobram mais
# de oitocentos. Com 120 bits ele está perto do limite; com mais bits, longe. O que falta ao SAE é um código melhor, e não espaço.
#
# ## Referências
#
# - R. G. Mantovani. *Aula 05: Autoencoders*. Métodos e Modelos Avançados em Ciência de Dados, UTFPR.
# - G. E. Hinton, R. R. Salakhutdinov. *Reducing the dimensionality of data with neural networks*. Science 313 (2006), p. 504-507.
# - L. van der Maaten, G. Hinton. *Visualizing data using t-SNE*. Journal of Machine Learning Research 9 (2008), p. 2579-2605.
# - T. M. Cover, J. A. Thomas. *Elements of Information Theory*, 2ª ed., Wiley, 2006, cap. 10 (o limite da normal).
# - A. Géron. *Hands-On Machine Learning with Scikit-Learn, Keras, and TensorFlow*, 2ª ed., O'Reilly, 2019, cap. 17.
#
# **A seguir:** o sanduíche é simétrico, e por isso seus pesos podem ser os mesmos nos dois lados:
# [04 · Pesos amarrados](04_pesos_amarrados.ipynb).
