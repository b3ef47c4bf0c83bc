/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/config.h"
#include "model/core/error.h"
#include "tests/support/test.h"

#include <string.h>

static gboolean
parse_text (const char *json, SagTextConfig *config, GError **error)
{
  return sag_text_config_parse (json, strlen (json), "config.json", config, error);
}

static gboolean
parse_train (const char *yaml, SagTrainConfig *config, GError **error)
{
  return sag_train_config_parse (yaml, strlen (yaml), "train_config.yaml", config, error);
}

static void
test_text (void)
{
  g_autoptr (GError) error = NULL;
  SagTextConfig config;

  g_assert_true (parse_text (
    "{\"model_type\": \"megatron-bert\", \"hidden_act\": \"gelu\", \"hidden_size\": 1024,"
    " \"num_attention_heads\": 16, \"layer_norm_eps\": 1e-05, \"classifier_dropout\": null}",
    &config, &error));
  g_assert_no_error (error);
  g_assert_true (config.has_kind);
  g_assert_cmpint (config.kind, ==, SAG_TEXT_MEGATRON);
  g_assert_cmpint (config.hidden, ==, 1024);
  g_assert_cmpint (config.heads, ==, 16);
  g_assert_cmpint (config.words, ==, 0);
  g_assert_true (config.layer_norm_eps == 1e-5f);
  g_assert_true (parse_text ("{}", &config, &error));
  g_assert_false (config.has_kind);
}

static void
test_text_refused (void)
{
  static const struct
  {
    const char *json;
    int         code;
    const char *part;
  } cases[] = {
    { "{\"model_type\": \"roberta\"}", SAG_ERROR_UNSUPPORTED,
      "\"model_type\" is \"roberta\"; Sagitta runs bert or megatron-bert" },
    { "{\"hidden_act\": \"gelu_new\"}", SAG_ERROR_UNSUPPORTED, "\"hidden_act\" is \"gelu_new\"" },
    { "{\"position_embedding_type\": \"relative_key\"}", SAG_ERROR_UNSUPPORTED,
      "Sagitta runs absolute" },
    { "{\"hidden_size\": -1}", SAG_ERROR_FORMAT, "\"hidden_size\" is -1" },
    { "{\"hidden_size\": 99999999999}", SAG_ERROR_FORMAT, "must lie between 0 and 2147483647" },
    { "{\"num_attention_heads\": \"12\"}", SAG_ERROR_FORMAT, "not a whole number" },
    { "{\"layer_norm_eps\": [1]}", SAG_ERROR_FORMAT, "not a finite number" },
    { "{\"hidden_size\": 1, \"hidden_size\": 2}", SAG_ERROR_FORMAT, "\"hidden_size\" twice" },
    { "[1]", SAG_ERROR_FORMAT, "config.json holds no JSON object" },
  };
  g_autoptr (GError) error = NULL;
  SagTextConfig config;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_false (parse_text (cases[i].json, &config, &error));
      sag_test_assert_error (error, SAG_ERROR, cases[i].code, cases[i].part);
    }
}

/* The layout of upstream's configs/CTRATE_SEG.yaml. */
static void
test_train (void)
{
  static const char yaml[] = "hf_TrainingArguments:\n"
                             "  learning_rate: 5.e-5\n"
                             "  output_dir: [OUTPUTDIR]\n"
                             "input_file: [INPUT_PARQUET]\n"
                             "llm_args:\n"
                             "  bert_encoder_layers: 4\n"
                             "  model_class: MegatronBertModel\n"
                             "lora_args:\n"
                             "  r: 16\n"
                             "  lora_alpha: 32\n"
                             "  use_rslora: true\n"
                             "  target_modules: [query, value]\n"
                             "vision_args:\n"
                             "  model_args:\n"
                             "    model_name: tf_efficientnet_b0.in1k\n"
                             "predict_transform:\n"
                             "  - constant_values: 0.0\n"
                             "    name: SpatialPad\n"
                             "    spatial_size: &box\n"
                             "      - 320\n"
                             "      - 288\n"
                             "      - 192\n"
                             "  - name: CenterSpatialCrop\n"
                             "    roi_size: *box\n"
                             "  - name: Resize\n"
                             "    spatial_size: [160, 96, 96]\n"
                             "train_transform:\n"
                             "  - name: SpatialPad\n"
                             "    spatial_size: [352, 320, 192]\n"
                             "  - name: RandZoom\n"
                             "  - name: SpatialPad\n"
                             "    spatial_size: [320, 288, 192]\n";
  g_autoptr (GError) error = NULL;
  SagTrainConfig config;

  g_assert_true (parse_train (yaml, &config, &error));
  g_assert_no_error (error);
  g_assert_cmpint (config.text_layers, ==, 4);
  g_assert_true (config.has_kind);
  g_assert_cmpint (config.kind, ==, SAG_TEXT_MEGATRON);
  g_assert_true (config.has_lora);
  g_assert_cmpfloat (config.lora_scaling, ==, 8);
  g_assert_cmpint (config.box_mm[1], ==, 288);
  g_assert_cmpint (config.input[0], ==, 160);
  g_assert_cmpint (config.train_box_mm[0], ==, 352);
  g_assert_true (parse_train ("lora_args: null\nllm_args: ~\n", &config, &error));
  g_assert_false (config.has_lora);
}

static void
test_train_refused (void)
{
  static const struct
  {
    const char *yaml;
    int         code;
    const char *part;
  } cases[] = {
    { "", SAG_ERROR_FORMAT, "no YAML mapping" },
    { "- a\n", SAG_ERROR_FORMAT, "no YAML mapping" },
    { "a: [", SAG_ERROR_FORMAT, "not valid YAML" },
    { "a: *nobody\n", SAG_ERROR_FORMAT, "not valid YAML" },
    { "\377\376", SAG_ERROR_FORMAT, "train_config.yaml" },
    { "llm_args: {model_class: LlamaModel}\n", SAG_ERROR_UNSUPPORTED,
      "neither BertModel nor MegatronBertModel" },
    { "llm_args: {bert_encoder_layers: 1.5}\n", SAG_ERROR_FORMAT,
      "\"bert_encoder_layers\" is not a possible size" },
    { "llm_args: {bert_encoder_layers: [4]}\n", SAG_ERROR_FORMAT, "is not a number" },
    { "llm_args: {bert_encoder_layers: 1e300}\n", SAG_ERROR_FORMAT, "not a possible size" },
    { "vision_args: {model_args: {model_name: resnet50}}\n", SAG_ERROR_UNSUPPORTED,
      "tf_efficientnet_b0" },
    { "lora_args: {r: 0}\n", SAG_ERROR_FORMAT, "not a possible rank" },
    { "lora_args: {use_dora: True}\n", SAG_ERROR_UNSUPPORTED, "\"use_dora\" is set" },
    { "lora_args: {alpha_pattern: {query: 4}}\n", SAG_ERROR_UNSUPPORTED, "merge_and_unload" },
    { "predict_transform: [{name: Resize, spatial_size: [1, 2]}]\n", SAG_ERROR_FORMAT,
      "list of three sizes" },
    { "predict_transform: [{name: Resize, spatial_size: [1, 2, 0]}]\n", SAG_ERROR_FORMAT,
      "between 1 and 4096" },
  };
  g_autoptr (GError) error = NULL;
  SagTrainConfig config;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_false (parse_train (cases[i].yaml, &config, &error));
      sag_test_assert_error (error, SAG_ERROR, cases[i].code, cases[i].part);
    }
}

/* Deep nesting and aliases of aliases take neither the stack nor the memory. */
static void
test_train_bombs (void)
{
  g_autoptr (GString) deep = g_string_new ("a: ");
  g_autoptr (GString) wide = g_string_new ("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
  g_autoptr (GError) error = NULL;
  SagTrainConfig config;

  for (int i = 0; i < 100000; i++)
    g_string_append_c (deep, '[');
  g_assert_false (parse_train (deep->str, &config, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "nested too deep");
  for (int i = 1; i < 30; i++)
    g_string_append_printf (wide, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1,
                            i - 1);
  g_assert_true (parse_train (wide->str, &config, &error));
  g_assert_no_error (error);
  g_string_set_size (wide, (1 << 18) + 1);
  g_assert_false (sag_train_config_parse (wide->str, wide->len, "x.yaml", &config, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_LIMIT, "x.yaml is larger");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bundle/config/text", test_text);
  g_test_add_func ("/bundle/config/text-refused", test_text_refused);
  g_test_add_func ("/bundle/config/train", test_train);
  g_test_add_func ("/bundle/config/train-refused", test_train_refused);
  g_test_add_func ("/bundle/config/train-bombs", test_train_bombs);
  return g_test_run ();
}
