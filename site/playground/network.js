"use strict";
// The arithmetic of the autoencoders, and nothing of the page: the tests run it without a browser.
// A network is a list of dense layers, as tools/playground.py writes them: kernels a row for each output, with its scale,
// in int8 or float32.

globalThis.playground = {};

(function () {
  const ARRAYS = { int8: Int8Array, uint8: Uint8Array, float32: Float32Array };

  // Return the array in a text in base64; its numbers are little-endian, as those of every browser are.
  function decodeArray(text, type) {
    const raw = atob(text);
    const bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    return new ARRAYS[type](bytes.buffer);
  }

  // Return the error function, to 1.5e-7 (Abramowitz & Stegun, 7.1.26).
  function erf(x) {
    const t = 1 / (1 + 0.3275911 * Math.abs(x));
    const sum = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    const y = 1 - sum * Math.exp(-x * x);
    return x < 0 ? -y : y;
  }

  const ACTIVATIONS = {
    linear: (x) => x,
    gelu: (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  };

  function dense(record) {
    const kernel = decodeArray(record.kernel, record.type);
    const scales = decodeArray(record.scales, "float32");
    const bias = decodeArray(record.bias, "float32");
    const activation = ACTIVATIONS[record.activation];
    return function (inputs) {
      const outputs = new Float32Array(record.outputs);
      for (let j = 0, k = 0; j < outputs.length; j++) {
        let sum = 0;
        for (let i = 0; i < inputs.length; i++) sum += kernel[k++] * inputs[i];
        outputs[j] = activation(sum * scales[j] + bias[j]);
      }
      return outputs;
    };
  }

  // Return a function from an array to an array: the layers, one after the other.
  function network(records) {
    const layers = records.map(dense);
    return (inputs) => layers.reduce((values, layer) => layer(values), inputs);
  }

  // Return the images in a text as arrays of 784 numbers from 0 to 1.
  function images(text) {
    const bytes = decodeArray(text, "uint8");
    return Array.from({ length: bytes.length / 784 }, (_, i) =>
      Float32Array.from(bytes.subarray(784 * i, 784 * (i + 1)), (byte) => byte / 255),
    );
  }

  // Return the rows of a matrix in a text.
  function rows(text, columns) {
    const values = decodeArray(text, "float32");
    return Array.from({ length: values.length / columns }, (_, i) => values.slice(columns * i, columns * (i + 1)));
  }

  function squaredError(a, b) {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
    return sum / a.length;
  }

  Object.assign(playground, { decodeArray, network, images, rows, squaredError });
})();
