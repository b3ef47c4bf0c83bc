/* SPDX-License-Identifier: Apache-2.0 */

/* Weights from public parts. Inflation as timm_3d does it (ZFTurbo/timm_3d, its models/_builder.py; quirk V3
 * of the oracle):
 *
 *   w2   (out, in, k, k)       2D filter, x and y
 *   w3   (out, in, k, k, k)    w3[.., x, y, z] = w2[.., x, y] / k for every z
 *
 * The stem's three input channels are summed first: a scan has one.
 */

#include "model/bundle/parts.h"

#include "model/bundle/random.h"
#include "model/core/error.h"

#include <string.h>

#define VISION "vision_model.model."
#define CHUNK_VALUES ((gsize) 65536)

const SagTensor *
sag_parts_find_vision (gpointer data, const char *name)
{
  return g_str_has_prefix (name, VISION) ? sag_tensor_file_find (data, name + strlen (VISION))
                                         : NULL;
}

/* Hugging Face saves a bare model without a prefix and one with a head under "bert."; files that came from
 * TensorFlow call a LayerNorm's weight and bias gamma and beta. */
const SagTensor *
sag_parts_find_text (gpointer data, const char *name)
{
  static const struct
  {
    const char *suffix;
    const char *other;
  } names[] = { { ".LayerNorm.weight", ".LayerNorm.gamma" },
                { ".LayerNorm.bias", ".LayerNorm.beta" } };
  const char *plain = name + strlen ("model.");

  if (!g_str_has_prefix (name, "model."))
    return NULL;
  for (int with_prefix = 0; with_prefix < 2; with_prefix++)
    {
      g_autofree char *key = g_strconcat (with_prefix ? "bert." : "", plain, NULL);
      const SagTensor *tensor = sag_tensor_file_find (data, key);

      for (gsize i = 0; i < G_N_ELEMENTS (names) && tensor == NULL; i++)
        if (g_str_has_suffix (key, names[i].suffix))
          {
            g_autofree char *other = g_strdup_printf (
              "%.*s%s", (int) (strlen (key) - strlen (names[i].suffix)), key, names[i].other);

            tensor = sag_tensor_file_find (data, other);
          }
      if (tensor != NULL)
        return tensor;
    }
  return NULL;
}

static gboolean
wrong_shape (const SagTensor     *tensor,
             SagTensorFile       *file,
             const SagWeightSpec *spec,
             GError             **error)
{
  g_autofree char *has = sag_tensor_format_shape (tensor->n_dims, tensor->shape);

  g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
               "Tensor \"%s\" of %s has the type %s and the shape %s, which does not make \"%s\".",
               tensor->name, sag_tensor_file_get_name (file), sag_dtype_to_string (tensor->dtype),
               has, spec->name);
  return FALSE;
}

static gboolean
copy_weight (SagTensorWriter     *writer,
             SagTensorFile       *file,
             const SagTensor     *tensor,
             const SagWeightSpec *spec,
             GError             **error)
{
  g_autofree float *values = NULL;

  if (!sag_dtype_is_float (tensor->dtype) ||
      !sag_tensor_has_shape (tensor, (guint) spec->n_dims, spec->shape))
    return wrong_shape (tensor, file, spec, error);
  values = g_new (float, tensor->n_values);
  sag_tensor_read_floats (tensor, 0, tensor->n_values, values);
  return sag_tensor_writer_floats (writer, values, tensor->n_values, error);
}

static void
inflate (const float *flat, gsize n_filters, gsize n_summed, gsize kernel, float *deep)
{
  for (gsize f = 0; f < n_filters; f++)
    for (gsize xy = 0; xy < kernel * kernel; xy++)
      {
        float sum = 0;

        for (gsize c = 0; c < n_summed; c++)
          sum += flat[(f * n_summed + c) * kernel * kernel + xy];
        for (gsize z = 0; z < kernel; z++)
          *deep++ = sum / (float) kernel;
      }
}

static gboolean
inflate_weight (SagTensorWriter     *writer,
                SagTensorFile       *file,
                const SagTensor     *tensor,
                const SagWeightSpec *spec,
                GError             **error)
{
  gsize    kernel = (gsize) spec->shape[2];
  gsize    n_filters = (gsize) spec->shape[0] * (gsize) spec->shape[1];
  gboolean is_stem = g_str_has_suffix (spec->name, "conv_stem.weight");
  gint64   n_summed = is_stem && tensor->n_dims == 4 ? tensor->shape[1] : 1;
  gint64   flat_shape[4] = { spec->shape[0], is_stem ? n_summed : spec->shape[1], spec->shape[2],
                             spec->shape[3] };
  g_autofree float *flat = NULL;
  g_autofree float *deep = NULL;

  if (!sag_dtype_is_float (tensor->dtype) || (n_summed != 1 && n_summed != 3) ||
      !sag_tensor_has_shape (tensor, 4, flat_shape))
    return wrong_shape (tensor, file, spec, error);
  flat = g_new (float, tensor->n_values);
  deep = g_new (float, spec->n_values);
  sag_tensor_read_floats (tensor, 0, tensor->n_values, flat);
  inflate (flat, n_filters, (gsize) n_summed, kernel, deep);
  return sag_tensor_writer_floats (writer, deep, spec->n_values, error);
}

static void
widen_embeddings (const SagParts *parts, const SagWeightSpec *spec, gsize n, float *values)
{
  float scale = (float) (parts->embeddings / SAG_INIT_EMBEDDING);

  if (parts->embeddings == 0 || spec->kind != SAG_WEIGHT_EMBEDDING ||
      !g_str_has_prefix (spec->name, "model."))
    return;
  for (gsize i = 0; i < n; i++)
    values[i] *= scale;
}

static gboolean
random_weight (SagTensorWriter     *writer,
               const SagParts      *parts,
               const SagWeightSpec *spec,
               GError             **error)
{
  SagInitKind kind =
    parts->vision != NULL || parts->text != NULL ? SAG_INIT_FRESH : SAG_INIT_RANDOM;
  const float *measured =
    parts->statistics != NULL ? g_hash_table_lookup (parts->statistics, spec->name) : NULL;
  g_autofree float *values = NULL;

  if (measured != NULL)
    return sag_tensor_writer_floats (writer, measured, spec->n_values, error);
  values = g_new (float, MIN (spec->n_values, CHUNK_VALUES));
  for (gsize done = 0; done < spec->n_values;)
    {
      gsize piece = MIN (spec->n_values - done, CHUNK_VALUES);

      sag_weight_init (spec, kind, parts->seed, done, piece, values);
      widen_embeddings (parts, spec, piece, values);
      if (g_cancellable_set_error_if_cancelled (parts->cancellable, error) ||
          !sag_tensor_writer_floats (writer, values, piece, error))
        return FALSE;
      done += piece;
    }
  return TRUE;
}

static gboolean
lacks (SagTensorFile *file, const SagWeightSpec *spec, GError **error)
{
  g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "%s lacks a tensor for \"%s\".",
               sag_tensor_file_get_name (file), spec->name);
  return FALSE;
}

gboolean
sag_parts_fill (SagTensorWriter *writer, const SagWeightSpec *spec, gpointer data, GError **error)
{
  const SagParts  *parts = data;
  const SagTensor *tensor;

  if (parts->vision != NULL && g_str_has_prefix (spec->name, VISION))
    {
      tensor = sag_parts_find_vision (parts->vision, spec->name);
      if (tensor == NULL)
        return lacks (parts->vision, spec, error);
      if (spec->kind == SAG_WEIGHT_CONV)
        return inflate_weight (writer, parts->vision, tensor, spec, error);
      return copy_weight (writer, parts->vision, tensor, spec, error);
    }
  if (parts->text != NULL && g_str_has_prefix (spec->name, "model."))
    {
      tensor = sag_parts_find_text (parts->text, spec->name);
      return tensor != NULL ? copy_weight (writer, parts->text, tensor, spec, error)
                            : lacks (parts->text, spec, error);
    }
  return random_weight (writer, parts, spec, error);
}
