/* SPDX-License-Identifier: Apache-2.0 */

/* Bundles from public parts: the oracle's tiny checkpoint is taken apart into a 2D network with timm's names
 * and a BERT with Hugging Face's, and put together again.
 */

#include "model/bundle/create.h"
#include "model/bundle/manifest.h"
#include "model/core/error.h"
#include "tests/model/bundle/bundle-fixture.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

#define VISION "vision_model.model."

/* (out, in, k, k, k) to (out, in, k, k): the first layer; the stem's (8, 1, 3, 3, 3) passes for (8, 3, 3, 3).
 */
static void
flatten (TensorChange *change, gpointer data)
{
  gsize kernel, n_filters;

  change->keep = g_str_has_prefix (change->name, VISION) && change->values != NULL;
  if (!change->keep)
    return;
  memmove (change->name, change->name + strlen (VISION),
           strlen (change->name + strlen (VISION)) + 1);
  if (change->n_dims != 5)
    return;
  kernel = (gsize) change->shape[4];
  n_filters = (gsize) (change->shape[0] * change->shape[1]);
  change->n_dims = 4;
  if (strcmp (change->name, "conv_stem.weight") == 0)
    {
      change->shape[1] = 3;
      return;
    }
  for (gsize f = 0; f < n_filters; f++)
    for (gsize xy = 0; xy < kernel * kernel; xy++)
      change->values[f * kernel * kernel + xy] = change->values[f * kernel * kernel * kernel + xy];
  change->n_values = n_filters * kernel * kernel;
}

/* Hugging Face's names of a model with a head; @data TRUE: LayerNorms as TensorFlow called them. */
static void
to_bert (TensorChange *change, gpointer data)
{
  g_autofree char *rest = NULL;
  char            *norm;

  change->keep = g_str_has_prefix (change->name, "model.");
  if (!change->keep)
    return;
  rest = g_strdup (change->name + strlen ("model."));
  g_snprintf (change->name, sizeof change->name, "bert.%s", rest);
  norm = strstr (change->name, ".LayerNorm.");
  if (norm != NULL && *(gboolean *) data)
    strcpy (norm + strlen (".LayerNorm."),
            g_str_has_suffix (change->name, ".weight") ? "gamma" : "beta");
}

/* Writes the part that @func makes of the tiny checkpoint; the checkpoint stays as it was. */
static char *
take_part (TinyCheckpoint *tiny, TensorChangeFunc func, gpointer data)
{
  g_autofree char *original = g_strdup (tiny->weights);
  char            *part;

  tiny_checkpoint_change (tiny, func, data, NULL);
  part = tiny->weights;
  tiny->weights = g_steal_pointer (&original);
  return part;
}

typedef struct
{
  SagBundle     *bundle;
  SagTensorFile *vision;
  SagTensorFile *whole;
} Parts;

static void
assert_inflated (const SagWeightSpec *spec, const float *read, const float *flat)
{
  gsize kernel = (gsize) spec->shape[4], n_filters = (gsize) (spec->shape[0] * spec->shape[1]),
        area = kernel * kernel;
  gboolean is_stem = strcmp (spec->name, VISION "conv_stem.weight") == 0;

  for (gsize f = 0; f < n_filters; f++)
    for (gsize xy = 0; xy < area; xy++)
      for (gsize z = 0; z < kernel; z++)
        {
          float sum = is_stem ? flat[(f * 3) * area + xy] + flat[(f * 3 + 1) * area + xy] +
                                  flat[(f * 3 + 2) * area + xy]
                              : flat[f * area + xy];

          g_assert_cmpfloat_with_epsilon (read[(f * area + xy) * kernel + z], sum / (float) kernel,
                                          1e-7f);
        }
}

static bool
compare_weight (const SagWeightSpec *spec, void *user_data)
{
  Parts            *parts = user_data;
  g_autofree float *read = g_new (float, spec->n_values);
  g_autofree float *expected = g_new (float, spec->n_values);
  const SagTensor  *tensor;

  g_assert_true (sag_bundle_read (parts->bundle, spec->name, 0, spec->n_values, read));
  if (g_str_has_prefix (spec->name, VISION) && spec->kind == SAG_WEIGHT_CONV)
    {
      tensor = sag_tensor_file_find (parts->vision, spec->name + strlen (VISION));
      g_assert_true (sag_tensor_read_floats (tensor, 0, tensor->n_values, expected));
      assert_inflated (spec, read, expected);
    }
  else if (g_str_has_prefix (spec->name, VISION) || g_str_has_prefix (spec->name, "model."))
    {
      tensor = sag_tensor_file_find (parts->whole, spec->name);
      g_assert_true (sag_tensor_read_floats (tensor, 0, tensor->n_values, expected));
      g_assert_cmpmem (read, spec->n_values * sizeof (float), expected,
                       spec->n_values * sizeof (float));
    }
  else if (spec->kind == SAG_WEIGHT_LINEAR)
    {
      double square = 0;

      for (gsize i = 0; i < spec->n_values; i++)
        square += read[i] * read[i];
      g_assert_cmpfloat_with_epsilon (sqrt (square / (double) spec->n_values), 0.02, 0.005);
    }
  return true;
}

static void
test_put_together (void)
{
  TinyCheckpoint   tiny;
  gboolean         old_names = TRUE;
  g_autofree char *vision = NULL;
  g_autofree char *text = NULL;
  g_autofree char *folder = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = NULL;
  g_autoptr (SagTensorFile) vision_file = NULL;
  g_autoptr (SagTensorFile) whole_file = NULL;
  SagBundleCreate create = { .text_layers = 1, .seed = 3 };

  if (!tiny_checkpoint_init (&tiny))
    return;
  create.vision = vision = take_part (&tiny, flatten, NULL);
  create.text = text = take_part (&tiny, to_bert, &old_names);
  create.config = tiny.config;
  create.source.vocabulary = tiny.vocabulary;
  folder = tiny_checkpoint_path (&tiny, "bundle");
  bundle = sag_bundle_create (&create, folder, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sag_bundle_get_network (bundle)->text_layers, ==, 1);
  g_assert_cmpint (sag_bundle_get_network (bundle)->n_heads, ==, 4);
  g_assert_cmpint (sag_bundle_get_network (bundle)->input[0], ==, 256);
  g_assert_false (sag_bundle_is_trained (bundle));
  vision_file = sag_tensor_file_open (vision, &error);
  whole_file = sag_tensor_file_open (tiny.weights, &error);
  g_assert_no_error (error);
  g_assert_true (sag_network_foreach_weight (sag_bundle_get_network (bundle), compare_weight,
                                             &(Parts){ bundle, vision_file, whole_file }));
  tiny_checkpoint_clear (&tiny);
}

static void
refuse (TinyCheckpoint *tiny, const SagBundleCreate *create, int code, const char *part)
{
  g_autofree char *folder = tiny_checkpoint_path (tiny, "refused");
  g_autoptr (GError) error = NULL;
  guint before = count_entries (tiny->folder);

  g_assert_null (sag_bundle_create (create, folder, &error));
  sag_test_assert_error (error, SAG_ERROR, code, part);
  g_assert_cmpuint (count_entries (tiny->folder), ==, before);
}

static void
drop_variance (TensorChange *change, gpointer data)
{
  flatten (change, data);
  if (strcmp (change->name, "blocks.3.1.bn2.running_var") == 0)
    change->keep = FALSE;
}

static void
test_refused (void)
{
  TinyCheckpoint   tiny;
  gboolean         old_names = FALSE;
  g_autofree char *vision = NULL;
  g_autofree char *text = NULL;
  g_autofree char *incomplete = NULL;
  SagBundleCreate  create = { 0 };

  if (!tiny_checkpoint_init (&tiny))
    return;
  vision = take_part (&tiny, flatten, NULL);
  text = take_part (&tiny, to_bert, &old_names);
  incomplete = take_part (&tiny, drop_variance, NULL);
  create.vision = tiny.weights;
  refuse (&tiny, &create, SAG_ERROR_MISMATCH, "it is not timm's 2D tf_efficientnet");
  create.vision = vision;
  create.text = text;
  refuse (&tiny, &create, SAG_ERROR_ARGUMENT, "--vocab");
  create.source.vocabulary = tiny.vocabulary;
  refuse (&tiny, &create, SAG_ERROR_ARGUMENT, "--heads N");
  create.heads = 4;
  refuse (&tiny, &create, SAG_ERROR_ARGUMENT,
          "has 2 layers, but 4 are wanted; say fewer with --layers");
  create.text_layers = 2;
  create.text = vision;
  refuse (&tiny, &create, SAG_ERROR_MISMATCH, "it is not a BERT or MegatronBert model");
  create.text = text;
  create.vision = incomplete;
  refuse (&tiny, &create, SAG_ERROR_MISMATCH,
          "lacks a tensor for \"" VISION "blocks.3.1.bn2.running_var\"");
  tiny_checkpoint_clear (&tiny);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bundle/parts/put-together", test_put_together);
  g_test_add_func ("/bundle/parts/refused", test_refused);
  return g_test_run ();
}
