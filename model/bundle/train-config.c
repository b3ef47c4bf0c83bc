/* SPDX-License-Identifier: Apache-2.0 */

/* Upstream's train_config.yaml (configs/CTRATE_SEG.yaml of howchihlee/uniferum):
 *
 *   llm_args          model_class, bert_encoder_layers
 *   lora_args         arguments of peft's LoraConfig: r, lora_alpha, use_rslora, ...
 *   vision_args       model_args.model_name
 *   predict_transform, train_transform    lists of MONAI transforms
 *
 * libyaml composes the document without recursion and shares aliased nodes, so neither depth nor aliases can
 * make it large. Its time grows with the square of open flow brackets and of anchors, so both are counted first.
 */

#include "model/bundle/config.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/number.h"

#include <math.h>
#include <string.h>
#include <yaml.h>

#define MAX_YAML_BYTES ((gsize) 1 << 18)
#define MAX_OPEN_BRACKETS 64
#define MAX_ANCHORS 1000

typedef struct
{
  yaml_document_t *document;
  const char      *name;
  GError         **error;
} Reader;

static gboolean
refuse (Reader *reader, SagError code, const char *key, const char *problem)
{
  g_set_error (reader->error, SAG_ERROR, code, "%s: \"%s\" %s.", reader->name, key, problem);
  return FALSE;
}

/* The text of a plain or quoted scalar, NULL for anything else, null and ~ included. */
static const char *
scalar (const yaml_node_t *node)
{
  const char *text;

  if (node == NULL || node->type != YAML_SCALAR_NODE)
    return NULL;
  text = (const char *) node->data.scalar.value;
  if (node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
      (*text == '\0' || strcmp (text, "~") == 0 || g_ascii_strcasecmp (text, "null") == 0))
    return NULL;
  return text;
}

static yaml_node_t *
member (Reader *reader, const yaml_node_t *mapping, const char *key)
{
  if (mapping == NULL || mapping->type != YAML_MAPPING_NODE)
    return NULL;
  for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
       pair < mapping->data.mapping.pairs.top; pair++)
    {
      const char *text = scalar (yaml_document_get_node (reader->document, pair->key));

      if (text != NULL && strcmp (text, key) == 0)
        return yaml_document_get_node (reader->document, pair->value);
    }
  return NULL;
}

static gboolean
get_number (Reader *reader, const yaml_node_t *mapping, const char *key, double *value)
{
  yaml_node_t *node = member (reader, mapping, key);
  const char  *text = scalar (node);

  if (text == NULL && (node == NULL || node->type == YAML_SCALAR_NODE))
    return TRUE;
  if (text != NULL && sag_number_parse (text, value))
    return TRUE;
  return refuse (reader, SAG_ERROR_FORMAT, key, "is not a number");
}

static gboolean
get_size (Reader *reader, const yaml_node_t *mapping, const char *key, gint32 *value)
{
  double number = *value;

  if (!get_number (reader, mapping, key, &number))
    return FALSE;
  if (number < 0 || number > 1 << 24 || number != floor (number))
    return refuse (reader, SAG_ERROR_FORMAT, key, "is not a possible size");
  *value = (gint32) number;
  return TRUE;
}

static gboolean
is_true (Reader *reader, const yaml_node_t *mapping, const char *key)
{
  const char *text = scalar (member (reader, mapping, key));

  return text != NULL &&
         (g_ascii_strcasecmp (text, "true") == 0 || g_ascii_strcasecmp (text, "yes") == 0 ||
          g_ascii_strcasecmp (text, "on") == 0);
}

/* A mapping with something in it. */
static gboolean
is_filled (Reader *reader, const yaml_node_t *mapping, const char *key)
{
  const yaml_node_t *node = member (reader, mapping, key);

  return node != NULL && node->type == YAML_MAPPING_NODE &&
         node->data.mapping.pairs.top > node->data.mapping.pairs.start;
}

static gboolean
read_text (Reader *reader, const yaml_node_t *root, SagTrainConfig *config)
{
  const yaml_node_t *args = member (reader, root, "llm_args");
  const char        *model_class = scalar (member (reader, args, "model_class"));

  if (model_class != NULL)
    {
      if (strcmp (model_class, "BertModel") != 0 && strcmp (model_class, "MegatronBertModel") != 0)
        return refuse (reader, SAG_ERROR_UNSUPPORTED, "model_class",
                       "is neither BertModel nor MegatronBertModel");
      config->has_kind = TRUE;
      config->kind = strcmp (model_class, "BertModel") == 0 ? SAG_TEXT_BERT : SAG_TEXT_MEGATRON;
    }
  return get_size (reader, args, "bert_encoder_layers", &config->text_layers);
}

/* Padding and BatchNorm eps are those of timm's tf_ variants only. */
static gboolean
read_vision (Reader *reader, const yaml_node_t *root)
{
  const yaml_node_t *args = member (reader, member (reader, root, "vision_args"), "model_args");
  const char        *model = scalar (member (reader, args, "model_name"));

  if (model == NULL || g_str_has_prefix (model, "tf_efficientnet_b"))
    return TRUE;
  return refuse (reader, SAG_ERROR_UNSUPPORTED, "model_name",
                 "is not one of timm's tf_efficientnet_b0 to b7");
}

/* Scaling of peft's LoraConfig: lora_alpha / r, or / sqrt (r) when rank-stabilised; both are 8 by default. */
static gboolean
read_lora (Reader *reader, const yaml_node_t *root, SagTrainConfig *config)
{
  const yaml_node_t *args = member (reader, root, "lora_args");
  double             alpha = 8;

  if (args == NULL || args->type != YAML_MAPPING_NODE)
    return TRUE;
  config->has_lora = TRUE;
  config->lora_rank = 8;
  if (!get_size (reader, args, "r", &config->lora_rank) ||
      !get_number (reader, args, "lora_alpha", &alpha))
    return FALSE;
  if (config->lora_rank < 1)
    return refuse (reader, SAG_ERROR_FORMAT, "r", "is not a possible rank");
  if (is_true (reader, args, "use_dora"))
    return refuse (reader, SAG_ERROR_UNSUPPORTED, "use_dora",
                   "is set; merge the adapters with peft's merge_and_unload() first");
  if (is_filled (reader, args, "rank_pattern") || is_filled (reader, args, "alpha_pattern"))
    return refuse (reader, SAG_ERROR_UNSUPPORTED, "lora_args",
                   "gives modules different ranks or alphas; merge the adapters with peft's "
                   "merge_and_unload() first");
  config->lora_scaling =
    alpha / (is_true (reader, args, "use_rslora") ? sqrt (config->lora_rank) : config->lora_rank);
  return TRUE;
}

static gboolean
get_sizes (Reader *reader, const yaml_node_t *transform, const char *key, gint32 sizes[3])
{
  const yaml_node_t *list = member (reader, transform, key);

  if (list == NULL)
    return TRUE;
  if (list->type != YAML_SEQUENCE_NODE ||
      list->data.sequence.items.top - list->data.sequence.items.start != 3)
    return refuse (reader, SAG_ERROR_FORMAT, key, "is not a list of three sizes");
  for (int i = 0; i < 3; i++)
    {
      const char *text =
        scalar (yaml_document_get_node (reader->document, list->data.sequence.items.start[i]));
      double number;

      if (text == NULL || !sag_number_parse (text, &number) || number < 1 || number > 4096 ||
          number != floor (number))
        return refuse (reader, SAG_ERROR_FORMAT, key,
                       "is not a list of three sizes between 1 and 4096");
      sizes[i] = (gint32) number;
    }
  return TRUE;
}

/* The box is the first one that a list pads or crops to; the last Resize gives the network's input. */
static gboolean
read_transforms (
  Reader *reader, const yaml_node_t *root, const char *list_name, gint32 box_mm[3], gint32 input[3])
{
  const yaml_node_t *list = member (reader, root, list_name);

  if (list == NULL || list->type != YAML_SEQUENCE_NODE)
    return TRUE;
  for (const yaml_node_item_t *item = list->data.sequence.items.start;
       item < list->data.sequence.items.top; item++)
    {
      const yaml_node_t *transform = yaml_document_get_node (reader->document, *item);
      const char        *name = scalar (member (reader, transform, "name"));

      if (name == NULL)
        continue;
      if (strcmp (name, "SpatialPad") == 0 && box_mm[0] == 0 &&
          !get_sizes (reader, transform, "spatial_size", box_mm))
        return FALSE;
      if (strcmp (name, "CenterSpatialCrop") == 0 && box_mm[0] == 0 &&
          !get_sizes (reader, transform, "roi_size", box_mm))
        return FALSE;
      if (strcmp (name, "Resize") == 0 && !get_sizes (reader, transform, "spatial_size", input))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_document (Reader *reader, SagTrainConfig *config)
{
  const yaml_node_t *root = yaml_document_get_root_node (reader->document);
  gint32             train_input[3] = { 0 };

  if (root == NULL || root->type != YAML_MAPPING_NODE)
    {
      g_set_error (reader->error, SAG_ERROR, SAG_ERROR_FORMAT, "%s holds no YAML mapping.",
                   reader->name);
      return FALSE;
    }
  return read_text (reader, root, config) && read_vision (reader, root) &&
         read_lora (reader, root, config) &&
         read_transforms (reader, root, "predict_transform", config->box_mm, config->input) &&
         read_transforms (reader, root, "train_transform", config->train_box_mm, train_input);
}

/* Counts without a look at quotes and comments: no honest configuration comes near. */
static gboolean
is_modest (const char *text, gsize size_bytes)
{
  int open = 0, anchors = 0;

  for (gsize i = 0; i < size_bytes; i++)
    {
      if (text[i] == '[' || text[i] == '{')
        open++;
      else if ((text[i] == ']' || text[i] == '}') && open > 0)
        open--;
      else if (text[i] == '&')
        anchors++;
      if (open > MAX_OPEN_BRACKETS || anchors > MAX_ANCHORS)
        return FALSE;
    }
  return TRUE;
}

gboolean
sag_train_config_parse (
  const char *text, gsize size_bytes, const char *name, SagTrainConfig *config, GError **error)
{
  yaml_parser_t   parser;
  yaml_document_t document;
  Reader          reader = { &document, name, error };
  gboolean        done = FALSE;

  memset (config, 0, sizeof *config);
  if (size_bytes > MAX_YAML_BYTES)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                   "%s is larger than the %" G_GSIZE_FORMAT " bytes that such a file may have.",
                   name, MAX_YAML_BYTES);
      return FALSE;
    }
  if (!is_modest (text, size_bytes))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "%s is nested too deep or has too many anchors for a training configuration.",
                   name);
      return FALSE;
    }
  if (!yaml_parser_initialize (&parser))
    g_error ("out of memory");
  yaml_parser_set_input_string (&parser, (const unsigned char *) text, size_bytes);
  if (yaml_parser_load (&parser, &document))
    {
      done = read_document (&reader, config);
      yaml_document_delete (&document);
    }
  else
    g_set_error (
      error, SAG_ERROR, SAG_ERROR_FORMAT, "%s is not valid YAML: %s (line %" G_GSIZE_FORMAT ").",
      name, parser.problem != NULL ? parser.problem : "unreadable", parser.problem_mark.line + 1);
  yaml_parser_delete (&parser);
  return done;
}

gboolean
sag_train_config_load (const char *path, SagTrainConfig *config, GError **error)
{
  gsize            size_bytes;
  g_autofree char *text = sag_file_load (path, MAX_YAML_BYTES, &size_bytes, error);
  g_autofree char *name = NULL;

  if (text == NULL)
    return FALSE;
  name = sag_file_dup_display_name (path);
  return sag_train_config_parse (text, size_bytes, name, config, error);
}
