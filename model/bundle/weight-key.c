/* SPDX-License-Identifier: Apache-2.0 */

/* Keys of upstream's checkpoints. Uniferum subclasses BertModel and holds a second one in `model`, so a checkpoint
 * carries a whole unused BERT at its top, and a pooler that is never asked. peft's names: its
 * src/peft/tuners/lora/layer.py and utils/other.py.
 */

#include "model/bundle/weight-map.h"

#include <string.h>

static gboolean
is_unused (const char *name)
{
  static const char *const prefixes[] = { "embeddings.", "encoder.", "pooler.", "model.pooler." };
  static const char *const suffixes[] = { ".num_batches_tracked", ".position_ids",
                                          ".token_type_ids" };

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (name, prefixes[i]))
      return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (name, suffixes[i]))
      return TRUE;
  return FALSE;
}

static gboolean
append_part (char name[SAG_WEIGHT_NAME], const char *part)
{
  gsize used = strlen (name);
  gsize dot = used > 0 ? 1 : 0;

  if (used + dot + strlen (part) >= SAG_WEIGHT_NAME)
    return FALSE;
  if (dot)
    name[used] = '.';
  memcpy (name + used + dot, part, strlen (part) + 1);
  return TRUE;
}

/* Leaves out what peft's wrappers add to the path. */
static SagKeyKind
unwrap (const char *const *parts, char name[SAG_WEIGHT_NAME])
{
  SagKeyKind kind = SAG_KEY_WEIGHT;
  guint      n_parts = g_strv_length ((char **) parts);

  for (guint i = 0; i < n_parts; i++)
    {
      const char *part = parts[i];
      gboolean    adapter_follows = i + 2 < n_parts;

      if (strcmp (part, "base_model") == 0 && i + 1 < n_parts &&
          strcmp (parts[i + 1], "model") == 0)
        i++;
      else if (strcmp (part, "modules_to_save") == 0)
        i += adapter_follows ? 1 : 0;
      else if (strcmp (part, "original_module") == 0)
        return SAG_KEY_UNUSED;
      else if (strcmp (part, "lora_A") == 0 || strcmp (part, "lora_B") == 0)
        {
          kind = part[5] == 'A' ? SAG_KEY_LORA_A : SAG_KEY_LORA_B;
          i += adapter_follows ? 1 : 0;
        }
      else if (g_str_has_prefix (part, "lora_") ||
               (strcmp (part, "base_layer") != 0 && !append_part (name, part)))
        return SAG_KEY_FOREIGN;
    }
  return kind;
}

SagKeyKind
sag_key_resolve (const char *key, char name[SAG_WEIGHT_NAME])
{
  g_auto (GStrv) parts = g_strsplit (key, ".", -1);
  SagKeyKind kind;

  name[0] = '\0';
  kind = unwrap ((const char *const *) parts, name);
  return kind == SAG_KEY_WEIGHT && is_unused (name) ? SAG_KEY_UNUSED : kind;
}
