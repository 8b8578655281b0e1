"""C20: what AEs are for: reducing dimension, features, initial weights (studies C11 and C15), and generation.

Generation: codings are drawn from a distribution and decoded. A VAE, whose training makes its codings standard normal,
a SAE of the same size, PCA, each with a distribution that is known beforehand or fitted afterwards. A classifier that
no generator ever met says in which features generated and real images differ.
"""

import functools

import keras
import numpy as np
from keras import layers, ops
from scipy.linalg import eigvals
from scipy.spatial.distance import cdist
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import NearestNeighbors

from studies.common import FASHION, best_of_seeds, drawn, fashion, flat, listed, start, train
from studies.engine import Arm, Borrowed, Comparison, Statement, Study, shared, size
from utils.models import SHAPE, compose, make_sae

N_CODINGS, HIDDEN = 30, 250
EPOCHS = 10
RATES = (0.002, 0.004, 0.008)  # of the SAE
KL_WEIGHTS = (0.2, 0.5, 1.2)  # of the VAE
VAE_RATE = 0.004
COMPONENTS = (5, 20, 80)  # of the mixture
N_IMAGES = 5_000  # generated, and real ones they are compared with


class Sampling(layers.Layer):
    """Draw codings from the normal distributions that the encoder gives; add their divergence to the loss.

    The divergence is that of Kullback and Leibler from the standard normal distribution, per pixel, as the MSE is.
    """

    def __init__(self, kl_weight, **kwargs):
        super().__init__(**kwargs)
        self.kl_weight = kl_weight
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, inputs):
        mean, log_variance = ops.split(inputs, 2, axis=-1)
        divergence = 0.5 * ops.sum(mean**2 + ops.exp(log_variance) - 1 - log_variance, axis=-1)
        self.add_loss(self.kl_weight * ops.mean(divergence) / (SHAPE[0] * SHAPE[1]))
        return mean + ops.exp(log_variance / 2) * keras.random.normal(ops.shape(mean), seed=self.seed_generator)


def make_vae(kl_weight):
    """Return a SAE whose codings are drawn: its encoder gives means and logarithms of variances."""
    return compose(
        [
            layers.Flatten(),
            layers.Dense(HIDDEN, activation="gelu"),
            layers.Dense(2 * N_CODINGS),
            Sampling(kl_weight, name="codings"),
        ],
        [
            layers.Dense(HIDDEN, activation="gelu"),
            layers.Dense(SHAPE[0] * SHAPE[1], activation="sigmoid"),
            layers.Reshape(SHAPE),
        ],
        N_CODINGS,
    )


def make_classifier():
    return keras.Sequential(
        [
            layers.Input(SHAPE),
            layers.Reshape((*SHAPE, 1)),
            layers.Conv2D(16, 4, strides=2, activation="leaky_relu"),
            layers.Conv2D(32, 4, strides=2, activation="leaky_relu"),
            layers.Flatten(),
            layers.Dense(64, activation="leaky_relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


# Judging images


def features_of(classifier):
    """Return the model from images to what the classifier's last hidden layer says of them."""
    return keras.Sequential([layers.Input(SHAPE), *classifier.layers[:-1]])


@shared
def judge(seed):
    """Return features of images that were learned with labels."""
    start(seed)
    images, labels = (part[: size(None, 100)] for part in fashion().train)
    loss = "sparse_categorical_crossentropy"
    return features_of(train(make_classifier(), images, labels, rate=0.004, epochs=size(3, 1), loss=loss))


def frechet(a, b):
    """Return the Fréchet distance of two sets of features, each taken as normally distributed."""
    cov_a, cov_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root_trace = np.sqrt(np.maximum(eigvals(cov_a @ cov_b).real, 0)).sum()
    return float(np.sum((a.mean(axis=0) - b.mean(axis=0)) ** 2) + np.trace(cov_a + cov_b) - 2 * root_trace)


def share_among(points, others):
    """Return the share of points, in %, that lie nearer to one of the others than its third nearest neighbour does.

    Of generated points among real ones it is the precision of Kynkäänniemi et al. (NeurIPS 2019), of real ones among
    generated ones the recall.
    """
    radii = NearestNeighbors(n_neighbors=3).fit(others).kneighbors()[0][:, -1]
    return 100 * float(np.mean((cdist(points, others) <= radii).any(axis=1)))


def nearest(images, others):
    """Return the mean distance, in pixels, of images to the nearest of the others."""
    return float(NearestNeighbors(n_neighbors=1).fit(flat(others)).kneighbors(flat(images))[0].mean())


def judged(images, n_parameters, seed):
    """Compare generated images with real ones, drawn by the seed from the test images, that no generator has met."""
    real, _ = drawn(fashion().test, size(N_IMAGES, 100), seed)
    seen, _ = drawn(fashion().train, size(10_000, 100), seed)
    features, few, fewest = judge(seed), size(2500, 50), size(1000, 20)
    made_features, real_features = (np.asarray(features(x)) for x in (images, real))
    return {
        "distance": frechet(made_features, real_features),
        "precision": share_among(made_features[:few], real_features[:few]),
        "recall": share_among(real_features[:few], made_features[:few]),
        "to_seen": nearest(images[:fewest], seen),
        "to_unseen": nearest(images[:fewest], fashion().test.images[: size(10_000, 100)]),
        "parameters": n_parameters,
    }


# Generating images


@shared
def trained(kind, option, seed):
    """Return a SAE trained with the rate `option`, or a VAE trained with the weight `option` of its divergence."""
    start(seed)
    model = make_sae(N_CODINGS, HIDDEN) if kind == "sae" else make_vae(option)
    rate = option if kind == "sae" else VAE_RATE
    return train(model, fashion().train.images[: size(None, 100)], rate=rate, epochs=size(EPOCHS, 1))


@shared
def fitted_pca():
    return PCA(N_CODINGS, random_state=0).fit(flat(fashion().train.images[: size(None, 100)]))


def coded(kind, option, seed):
    """Return the codings of training images drawn by the seed."""
    images, _ = drawn(fashion().train, size(20_000, 100), seed)
    if kind == "pca":
        return fitted_pca().transform(flat(images))
    return np.asarray(trained(kind, option, seed).get_layer("encoder")(images))


def decoded(kind, option, seed, codings):
    """Return the images that codings stand for, and the number of weights of what decoded them."""
    if kind == "pca":
        return fitted_pca().inverse_transform(codings).clip(0, 1).reshape(-1, *SHAPE), fitted_pca().components_.size
    model = trained(kind, option, seed)
    return np.asarray(model.get_layer("decoder")(codings)), model.count_params()


def sampled(kind, option, n_components, seed):
    """Return generated images, and the number of weights.

    Codings are drawn from a Gaussian mixture that is fitted to those of training images; of one component, it is one
    normal distribution, with the codings' means and covariances. Without components: from
    independent normal distributions, which for the VAE are standard ones, for others have the codings' means and
    standard deviations.
    """
    n, rng = size(N_IMAGES, 100), np.random.default_rng(seed)
    if n_components:
        mixture = GaussianMixture(
            min(n_components, size(n_components, 2)), random_state=seed, max_iter=size(100, 2), tol=0.01
        )
        drawn_codings = rng.permutation(mixture.fit(coded(kind, option, seed).astype(float)).sample(n)[0])
    elif kind == "vae":
        drawn_codings = rng.normal(size=(n, N_CODINGS))
    else:
        codings = coded(kind, option, seed)
        drawn_codings = rng.normal(codings.mean(axis=0), codings.std(axis=0), size=(n, N_CODINGS))
    return decoded(kind, option, seed, drawn_codings.astype("float32"))


@shared
def validation_distance(kind, option, n_components, seed):
    """Return how far generated images are from the validation images, with a seed that is for tuning."""
    images, _ = sampled(kind, option, n_components, seed)
    real = fashion().validation.images[: size(None, 100)]
    return frechet(*(np.asarray(judge(seed)(x)) for x in (images, real)))


def distance_by_option(option, seed, kind, n_components):
    return validation_distance(kind, option, n_components, seed)


def distance_by_components(n_components, seed, kind, option):
    return validation_distance(kind, option, n_components, seed)


@shared
def tuned_option(kind, n_components):
    """Return the rate of the SAE, the weight of the VAE's divergence, best with so many components; PCA has none."""
    options = {"sae": RATES, "vae": KL_WEIGHTS, "pca": (None,)}[kind]
    return best_of_seeds(options, functools.partial(distance_by_option, kind=kind, n_components=n_components))


@shared
def tuned_mixture(kind):
    """Return the option that is best with the middle number of components, and the best number with that option."""
    option = tuned_option(kind, COMPONENTS[1])
    return option, best_of_seeds(COMPONENTS, functools.partial(distance_by_components, kind=kind, option=option))


def measure_generator(seed, kind, n_components=0, fitted=False, other=0):
    """Judge what is made of codings drawn from a simple density or a `fitted` one; `other`: from another start."""
    option, n_components = tuned_mixture(kind) if fitted else (tuned_option(kind, n_components), n_components)
    found = judged(*sampled(kind, option, n_components, seed + other), seed) | {"components": n_components}
    return found if option is None else found | {"option": option}


def measure_real(seed, part):
    """Judge real images in place of generated ones: "train": a generator that copies what it has seen."""
    images, _ = drawn(getattr(fashion(), part), size(N_IMAGES, 100), seed + 1000)
    return judged(images, flat(images).shape[1], seed)


def measure_mixed_pixels(seed):
    """Judge images each pixel of which is taken from another training image: right pixel by pixel, but no garment."""
    images, _ = drawn(fashion().train, size(N_IMAGES, 100), seed + 1000)
    images = np.random.default_rng(seed).permuted(images, axis=0)
    return judged(images, flat(images).shape[1], seed)


def lesson(seed):
    """Do what lesson 10 does: SAE, VAE, classifier by plain recipes; images of both, of PCA, of SAE and a normal."""
    start(seed)
    images, labels = (part[: size(None, 100)] for part in fashion().train)
    made = {}
    for name, make, target, loss, epochs in (
        ("sae", functools.partial(make_sae, N_CODINGS, HIDDEN), images, "mse", 3),
        ("vae", functools.partial(make_vae, KL_WEIGHTS[1]), images, "mse", 5),
        ("classifier", make_classifier, labels, "sparse_categorical_crossentropy", 2),
    ):
        model = made[name] = make()
        model.compile(optimizer=keras.optimizers.Adam(0.002), loss=loss, run_eagerly=size(False, True))
        model.fit(images, target, batch_size=256, epochs=size(epochs, 1), verbose=0)
    decode_sae, decode_vae = (made[name].get_layer("decoder") for name in ("sae", "vae"))
    pca, features, n_new = fitted_pca(), features_of(made["classifier"]), size(N_IMAGES, 100)
    normal = np.random.default_rng(seed).normal(size=(n_new, N_CODINGS)).astype("float32")
    codings = np.asarray(made["sae"].get_layer("encoder")(images))
    fitted = GaussianMixture(1, random_state=seed).fit(codings[:20_000].astype(float))
    shown = {
        "sae": decode_sae(codings.mean(axis=0) + codings.std(axis=0) * normal),
        "vae": decode_vae(normal),
        "pca": pca.inverse_transform(np.sqrt(pca.explained_variance_) * normal).clip(0, 1).reshape(-1, *SHAPE),
        "sae_normal": decode_sae(fitted.sample(n_new)[0].astype("float32")),
    }
    real = np.asarray(features(fashion().test.images[:n_new]))
    distances = {name: frechet(np.asarray(features(some)), real) for name, some in shown.items()}
    return {
        "simple": distances["sae"] / distances["vae"],
        "linear": distances["pca"] / distances["vae"],
        "normal": distances["sae_normal"] / distances["vae"],
        "parameters": made["vae"].count_params(),
    }


TUNING = (
    f"Três opções (taxas do SAE: {listed(RATES)}; pesos da divergência do VAE: {listed(KL_WEIGHTS)}; normais da "
    f"mistura: {listed(COMPONENTS)}), com uma semente à parte, as duas melhores com mais duas; fica a de menor "
    "distância de Fréchet média até as imagens de validação, com a densidade com que vai sortear."
)
NO_TUNING = "Nada a ajustar."


def arm(title, kind, tuning=TUNING, n_seeds=10, **options):
    return Arm(title, functools.partial(measure_generator, kind=kind, **options), tuning, FASHION, n_seeds)


def nearer(id, far, near, null, told="", **options):
    """Say that generated images of one kind are nearer to real ones than those of another."""
    return Statement(
        id=id,
        comparison=Comparison((far, near), "distance"),
        null=Comparison(null, "distance"),
        margin=1.25,
        why_margin="Na validação, quadruplicar as normais da mistura (20 para 80) diminui em 12 % a distância entre as "
        "imagens da PCA e as reais; "
        f"25 % é o dobro disso.{told}",
        **options,
    )


def as_good(id, generator, measure, **options):
    """Say that generated images are nearly as good as real ones; those of mixed pixels must not be."""
    return Statement(
        id=id,
        comparison=Comparison((generator, "unseen"), measure),
        null=Comparison(("mixed_pixels", "unseen"), measure),
        margin=-10.0,
        why_margin="Perder uma em cada dez imagens é a maior perda tolerada: as outras nove ainda servem.",
        scale="difference",
        unit="points",
        **options,
    )


PLAIN_NULL, FITTED_NULL = ("sae_again", "sae"), ("sae_mixture_again", "sae_mixture")

STUDY = Study(
    claim="C20",
    subject="Um AE serve aos usos que a aula lista",
    arms={
        "vae": arm("VAE, codings da normal padrão", "vae"),
        "sae": arm("SAE, codings de normais independentes, com suas médias e desvios", "sae"),
        "sae_again": arm("o mesmo, com outro SAE", "sae", n_seeds=5, other=1000),
        "sae_normal": arm("SAE, codings de uma normal, com suas médias e covariâncias", "sae", n_components=1),
        "vae_normal": arm("VAE, codings de uma normal, com suas médias e covariâncias", "vae", n_components=1),
        "pca": arm("PCA-30, codings de normais independentes", "pca", NO_TUNING),
        "vae_mixture": arm("VAE, codings de uma mistura de normais ajustada depois", "vae", fitted=True),
        "sae_mixture": arm("SAE, codings de uma mistura de normais ajustada depois", "sae", fitted=True),
        "sae_mixture_again": arm("o mesmo, com outro SAE e outra mistura", "sae", n_seeds=5, fitted=True, other=1000),
        "pca_mixture": arm("PCA-30, codings de uma mistura de normais ajustada depois", "pca", fitted=True),
        "unseen": Arm(
            "imagens reais de validação", functools.partial(measure_real, part="validation"), NO_TUNING, FASHION
        ),
        "copies": Arm("imagens do treino, copiadas", functools.partial(measure_real, part="train"), NO_TUNING, FASHION),
        "mixed_pixels": Arm("cada pixel de outra imagem do treino", measure_mixed_pixels, NO_TUNING, FASHION),
        "lesson": Arm("a receita da lição 10", lesson, "Uma taxa (0,002) e um peso (0,5), os da lição.", FASHION),
    },
    measures={
        "distance": "distância de Fréchet até imagens de teste",
        "precision": "imagens geradas que ficam entre as reais (%)",
        "recall": "imagens reais que ficam entre as geradas (%)",
        "to_seen": "distância até a mais próxima de 10.000 imagens do treino",
        "to_unseen": "distância até a mais próxima de 10.000 imagens de teste",
        "option": "taxa do SAE, ou peso da divergência do VAE, que se escolheu",
        "components": "normais da mistura; 0: cada coding sorteado à parte",
    },
    statements=(
        nearer(
            "normal",
            "sae_normal",
            "vae",
            PLAIN_NULL,
            text="As imagens do VAE ficam mais perto das reais que as de um SAE com uma normal ajustada depois",
            condition="para gerar imagens com um VAE, contra um SAE de mesmo tamanho com uma normal ajustada depois",
            told=" (A frase entrou depois que a lição 10, em uma execução, mostrou o SAE mais perto.)",
        ),
        nearer(
            "simple",
            "sae",
            "vae",
            PLAIN_NULL,
            text="Com cada coding sorteado à parte, as imagens do VAE ficam mais perto das reais que as do SAE",
            condition="para gerar imagens com um VAE, contra um SAE de mesmo tamanho, ambos com cada coding sorteado à "
            "parte",
            main=False,
        ),
        nearer(
            "normal_of_both",
            "sae_normal",
            "vae_normal",
            PLAIN_NULL,
            text="Com uma normal ajustada depois nos dois, as imagens do VAE ficam mais perto das reais que as do SAE",
            condition="com uma normal ajustada depois no VAE e no SAE",
            main=False,
        ),
        nearer(
            "linear",
            "pca",
            "vae",
            PLAIN_NULL,
            text="Com cada coding sorteado à parte, as imagens do VAE ficam mais perto das reais que as da PCA",
            condition="para gerar imagens com um VAE, contra a PCA-30, ambos com cada coding sorteado à parte",
        ),
        nearer(
            "fitted",
            "pca_mixture",
            "sae_mixture",
            FITTED_NULL,
            text="Com uma mistura ajustada aos codings, as imagens do SAE ficam mais perto das reais que as da PCA",
            condition="para gerar imagens com um SAE e uma mistura ajustada depois, contra a PCA-30 com a mesma "
            "mistura",
        ),
        as_good(
            "resembles",
            "vae",
            "precision",
            text="Imagens do VAE ficam entre as reais quase tantas vezes quanto imagens reais novas",
            condition="para gerar com um VAE imagens que fiquem entre as reais quase tantas vezes quanto imagens reais "
            "novas",
        ),
        as_good(
            "resembles_fitted",
            "sae_mixture",
            "precision",
            text="Imagens do SAE com a mistura ficam entre as reais quase tantas vezes quanto imagens reais novas",
            condition="com o SAE e a mistura, contra imagens reais: as geradas ficam entre elas",
            main=False,
        ),
        as_good(
            "variety",
            "vae",
            "recall",
            text="Imagens reais ficam entre as do VAE quase tantas vezes quanto entre outras reais",
            condition="com o VAE, contra imagens reais: as geradas são tão variadas quanto elas",
            main=False,
        ),
        Statement(
            id="new",
            text="Imagens do VAE não ficam mais perto das do treino que de outras, nunca vistas: não são cópias",
            condition="com o VAE: as imagens são novas",
            comparison=Comparison(("vae", "vae"), ("to_seen", "to_unseen")),
            null=Comparison(("copies", "copies"), ("to_seen", "to_unseen")),
            margin=0.95,
            why_margin="Quem copia fica perto de 0,82: de cada 11 imagens que copia, duas estão entre as 10.000.",
            main=False,
        ),
        nearer(
            "prior_fitted",
            "vae",
            "vae_mixture",
            FITTED_NULL,
            text="Também no VAE, uma mistura ajustada deixa as imagens mais perto das reais do que a normal padrão",
            condition="com um VAE, trocando a normal padrão por uma mistura ajustada depois",
            main=False,
        ),
        nearer(
            "prior_other",
            "vae",
            "sae_mixture",
            FITTED_NULL,
            text="Um SAE com uma mistura ajustada depois deixa as imagens mais perto das reais do que o VAE",
            condition="com um SAE e uma mistura ajustada depois, contra o VAE com a normal padrão",
            main=False,
        ),
        nearer(
            "same_density",
            "vae_mixture",
            "sae_mixture",
            FITTED_NULL,
            text="Com a mesma mistura ajustada depois, as imagens do SAE ficam mais perto das reais que as do VAE",
            condition="com a mesma mistura, o SAE contra o VAE, cada um ajustado para ela",
            main=False,
        ),
    ),
    borrows=(
        Borrowed("C11", "whole_pixels", "para reduzir a dimensão (vizinhos nos 30 codings, contra os 784 pixels)"),
        Borrowed("C11", "tsne_pixels", "para ver os dados (mapa de t-SNE dos codings, contra o dos pixels)"),
        Borrowed("C15", "features_sae_500", "para detectar características (codings, contra pixels, com 500 rótulos)"),
        Borrowed("C15", "sae_500", "para iniciar os pesos de um classificador com 500 rótulos, contra sorteá-los"),
    ),
)
