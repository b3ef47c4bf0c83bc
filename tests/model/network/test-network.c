/* SPDX-License-Identifier: Apache-2.0 */
#include "model/network/network.h"
#include "tests/support/test.h"

#include <string.h>

/* The paper's network, or the oracle's quarter-width one with a small text model. */
static void
make_network (SagNetwork *network, gboolean tiny)
{
  SagStage stages[SAG_MAX_STAGES];
  int      n_stages = sag_network_b0_stages (stages);
  double   width = tiny ? 0.25 : 1;

  memset (network, 0, sizeof *network);
  network->input[0] = tiny ? 96 : 256;
  network->input[1] = tiny ? 64 : 160;
  network->input[2] = tiny ? 64 : 128;
  network->stem_channels = sag_network_round_channels (32, width);
  for (int s = 0; s < n_stages; s++)
    stages[s].out_channels = sag_network_round_channels (stages[s].out_channels, width);
  network->head_channels = sag_network_round_channels (1280, width);
  network->batch_norm_eps = 1e-3f;
  network->n_words = tiny ? 200 : 30522;
  network->n_positions = 512;
  network->n_types = 2;
  network->hidden = tiny ? 96 : 768;
  network->n_heads = tiny ? 4 : 12;
  network->intermediate = tiny ? 192 : 3072;
  network->text_layers = tiny ? 2 : 4;
  network->layer_norm_eps = 1e-12f;
  network->cells[0] = network->cells[1] = network->cells[2] = 4;
  g_assert_true (sag_network_set_stages (network, stages, n_stages));
}

static void
test_channels (void)
{
  g_assert_cmpint (sag_network_round_channels (32, 0.25), ==, 8);
  g_assert_cmpint (sag_network_round_channels (40, 0.25), ==, 16);
  g_assert_cmpint (sag_network_round_channels (80, 0.25), ==, 24);
  g_assert_cmpint (sag_network_round_channels (112, 0.25), ==, 32);
  g_assert_cmpint (sag_network_round_channels (192, 0.25), ==, 48);
  g_assert_cmpint (sag_network_round_channels (320, 0.25), ==, 80);
  g_assert_cmpint (sag_network_round_channels (1280, 0.25), ==, 320);
  g_assert_cmpint (sag_network_round_channels (24, 1.1), ==, 24);
  g_assert_cmpint (sag_network_round_channels (1, 1), ==, 8);
}

static void
test_gates (void)
{
  static const int full[] = { 8, 4, 6, 6, 10, 10, 20, 20, 20, 28, 28, 28, 48, 48, 48, 48 };
  static const int tiny[] = { 2, 2, 2, 2, 4, 4, 6, 6, 6, 8, 8, 8, 12, 12, 12, 12 };
  SagNetwork       network;

  for (int t = 0; t < 2; t++)
    {
      make_network (&network, t);
      g_assert_cmpint (network.n_blocks, ==, G_N_ELEMENTS (full));
      g_assert_cmpint (network.blocks[0].skips, ==, t);
      for (int b = 0; b < network.n_blocks; b++)
        g_assert_cmpint (network.blocks[b].gate_channels, ==, (t ? tiny : full)[b]);
    }
}

static void
test_tokens (void)
{
  SagNetwork network;
  int32_t    dims[3];

  make_network (&network, FALSE);
  sag_network_feature_dims (&network, network.input, dims);
  g_assert_cmpint (dims[0], ==, 8);
  g_assert_cmpint (dims[1], ==, 5);
  g_assert_cmpint (dims[2], ==, 4);
  g_assert_cmpint (sag_network_n_tokens (&network), ==, 160);
  g_assert_cmpint (sag_network_cells_per_token (&network), ==, 64);
  g_assert_cmpint (sag_network_max_text (&network), ==, 350);
}

/* Shapes of the oracle's case c, 45 x 38 x 52, where the axes of the padding show: after the stem and every
 * stage. */
static void
test_permuted_padding (void)
{
  static const int32_t input[3] = { 45, 38, 52 };
  static const int32_t stem[3] = { 22, 19, 26 };
  static const int32_t stages[7][3] = { { 22, 19, 26 }, { 11, 9, 13 }, { 6, 5, 7 }, { 3, 2, 4 },
                                        { 3, 2, 4 },    { 1, 1, 2 },   { 1, 1, 2 } };
  SagConvShape         shape = sag_network_conv_shape (input, 3, 2);
  SagNetwork           network;
  int32_t              dims[3];

  g_assert_cmpmem (shape.out, sizeof shape.out, stem, sizeof stem);
  g_assert_cmpint (shape.before[0], ==, 0);
  g_assert_cmpint (shape.before[1], ==, 1);
  g_assert_cmpint (shape.before[2], ==, 0);
  make_network (&network, TRUE);
  for (int b = 0; b < network.n_blocks; b++)
    {
      shape =
        sag_network_conv_shape (shape.out, network.blocks[b].kernel, network.blocks[b].stride);
      if (b + 1 == network.n_blocks || network.blocks[b + 1].index == 0)
        g_assert_cmpmem (shape.out, sizeof shape.out, stages[network.blocks[b].stage],
                         sizeof stages[0]);
    }
  sag_network_feature_dims (&network, input, dims);
  g_assert_cmpmem (dims, sizeof dims, stages[6], sizeof stages[6]);
}

static void
test_padding_of_even_sizes (void)
{
  static const int32_t input[3] = { 64, 32, 16 };

  for (int32_t kernel = 3; kernel <= 5; kernel += 2)
    for (int32_t stride = 1; stride <= 2; stride++)
      {
        SagConvShape shape = sag_network_conv_shape (input, kernel, stride);

        for (int a = 0; a < 3; a++)
          {
            g_assert_cmpint (shape.out[a], ==, input[a] / stride);
            g_assert_cmpint (shape.before[a], ==, stride == 1 ? kernel / 2 : kernel / 2 - 1);
          }
      }
}

typedef struct
{
  GHashTable *shapes; /* name -> "[a, b]" */
  guint       seen;
} Expected;

static bool
compare_weight (const SagWeightSpec *spec, void *user_data)
{
  Expected *expected = user_data;
  g_autoptr (GString) shape = g_string_new ("[");
  size_t n_values = 1;

  for (int i = 0; i < spec->n_dims; i++)
    {
      g_string_append_printf (shape, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", spec->shape[i]);
      n_values *= (size_t) spec->shape[i];
    }
  g_string_append_c (shape, ']');
  g_assert_true (g_hash_table_contains (expected->shapes, spec->name));
  g_assert_cmpstr (shape->str, ==, g_hash_table_lookup (expected->shapes, spec->name));
  g_assert_cmpuint (n_values, ==, spec->n_values);
  expected->seen++;
  return true;
}

/* Every key that upstream's checkpoint uses, with its shape, and no other. */
static void
test_upstream_keys (void)
{
  g_autofree char *path = sag_test_shared ("oracle/upstream_state_dict_keys.txt");
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GHashTable) shapes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GError) error = NULL;
  SagNetwork network;
  Expected   expected = { shapes, 0 };

  if (path == NULL)
    return;
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) columns = g_strsplit (lines[i], "\t", -1);

      if (g_strv_length (columns) == 5 && strcmp (columns[4], "used") == 0)
        g_hash_table_insert (shapes, g_strdup (columns[0]), g_strdup (columns[1]));
    }
  make_network (&network, FALSE);
  g_assert_true (sag_network_foreach_weight (&network, compare_weight, &expected));
  g_assert_cmpuint (g_hash_table_size (shapes), >, 300);
  g_assert_cmpuint (expected.seen, ==, g_hash_table_size (shapes));
}

static bool
collect_name (const SagWeightSpec *spec, void *user_data)
{
  g_hash_table_add (user_data, g_strdup (spec->name));
  return true;
}

/* Names of Hugging Face's MegatronBertModel: one LayerNorm before each half, one after the last layer. */
static void
test_megatron (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  SagNetwork network;

  make_network (&network, TRUE);
  network.text_kind = SAG_TEXT_MEGATRON;
  g_assert_true (sag_network_foreach_weight (&network, collect_name, names));
  g_assert_true (g_hash_table_contains (names, "model.encoder.layer.1.attention.ln.weight"));
  g_assert_true (g_hash_table_contains (names, "model.encoder.layer.1.ln.bias"));
  g_assert_true (g_hash_table_contains (names, "model.encoder.ln.weight"));
  g_assert_false (g_hash_table_contains (names, "model.embeddings.LayerNorm.weight"));
  g_assert_false (g_hash_table_contains (names, "model.encoder.layer.0.output.LayerNorm.weight"));
}

static bool
stop_at_third (const SagWeightSpec *spec, void *user_data)
{
  return ++*(int *) user_data < 3;
}

static void
test_visit_stops (void)
{
  SagNetwork network;
  int        seen = 0;

  make_network (&network, TRUE);
  g_assert_false (sag_network_foreach_weight (&network, stop_at_third, &seen));
  g_assert_cmpint (seen, ==, 3);
}

static void
assert_refused (const SagNetwork *network, const char *part)
{
  char message[200];

  g_assert_false (sag_network_validate (network, message));
  if (strstr (message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", message, part);
}

static void
test_paper (void)
{
  SagNetwork expected, network;
  char       message[200];

  make_network (&expected, FALSE);
  sag_network_init_paper (&network);
  g_assert_true (sag_network_validate (&network, message));
  g_assert_cmpint (network.n_blocks, ==, 16);
  g_assert_cmpint (network.blocks[15].out_channels, ==, 320);
  g_assert_cmpint (sag_network_n_tokens (&network), ==, 160);
  g_assert_cmpint (sag_network_max_text (&network), ==, sag_network_max_text (&expected));
}

static void
test_validate (void)
{
  SagNetwork good, bad;
  char       message[200];

  make_network (&good, FALSE);
  g_assert_true (sag_network_validate (&good, message));
  make_network (&good, TRUE);
  g_assert_true (sag_network_validate (&good, message));

#define REFUSE(change, part)                                                                       \
  G_STMT_START                                                                                     \
  {                                                                                                \
    bad = good;                                                                                    \
    change;                                                                                        \
    assert_refused (&bad, part);                                                                   \
  }                                                                                                \
  G_STMT_END
  REFUSE (bad.n_heads = 5, "5 heads do not divide the hidden width 96");
  REFUSE (bad.input[1] = 40, "40 along y is not divisible by the total stride 32");
  REFUSE (bad.input[2] = 0, "input size is 0");
  REFUSE (bad.n_positions = 15, "leave no room");
  REFUSE (bad.blocks[3].in_channels = 7, "block 3 expects 7");
  REFUSE (bad.blocks[0].mid_channels = 16, "does not expand");
  REFUSE (bad.blocks[1].skips = true, "cannot add");
  REFUSE (bad.blocks[2].kernel = 4, "odd");
  REFUSE (bad.blocks[2].stride = 3, "stride");
  REFUSE (bad.n_blocks = 65, "number of blocks");
  REFUSE (bad.n_words = -1, "number of words");
  REFUSE (bad.cells[0] = 0, "cells");
  REFUSE (bad.layer_norm_eps = 0, "LayerNorm eps");
  REFUSE (bad.text_kind = (SagTextKind) 7, "MegatronBert");
#undef REFUSE
}

static void
test_too_many_blocks (void)
{
  SagNetwork     network = { .stem_channels = 8 };
  const SagStage stage = { SAG_MAX_BLOCKS + 1, 3, 1, 6, 8 };

  g_assert_false (sag_network_set_stages (&network, &stage, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/channels", test_channels);
  g_test_add_func ("/network/gates", test_gates);
  g_test_add_func ("/network/tokens", test_tokens);
  g_test_add_func ("/network/padding/permuted", test_permuted_padding);
  g_test_add_func ("/network/padding/even", test_padding_of_even_sizes);
  g_test_add_func ("/network/weights/upstream-keys", test_upstream_keys);
  g_test_add_func ("/network/weights/megatron", test_megatron);
  g_test_add_func ("/network/weights/visit-stops", test_visit_stops);
  g_test_add_func ("/network/paper", test_paper);
  g_test_add_func ("/network/validate", test_validate);
  g_test_add_func ("/network/too-many-blocks", test_too_many_blocks);
  return g_test_run ();
}
