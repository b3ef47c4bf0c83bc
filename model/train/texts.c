/* SPDX-License-Identifier: Apache-2.0 */
#include "model/train/texts.h"

#include <string.h>

struct _SagTrainTexts
{
  gsize    n;
  gint32 **ids;
  gsize   *n_ids;
  gint32   pad;
};

SagTrainTexts *
sag_train_texts_new (SagBundle *bundle, SagIndex *index, GError **error)
{
  g_autoptr (SagTrainTexts) self = g_new0 (SagTrainTexts, 1);
  SagTokenizer *tokenizer = sag_bundle_get_tokenizer (bundle);
  gsize         limit = (gsize) sag_network_max_text (sag_bundle_get_network (bundle));

  self->n = sag_index_get_n_tasks (index);
  self->ids = g_new0 (gint32 *, self->n);
  self->n_ids = g_new0 (gsize, self->n);
  self->pad = sag_tokenizer_get_pad_id (tokenizer);
  for (gsize t = 0; t < self->n; t++)
    {
      const char *question = sag_index_get_task (index, t)->question;

      self->ids[t] =
        sag_tokenizer_encode_within (tokenizer, question, limit, &self->n_ids[t], error);
      if (self->ids[t] == NULL)
        return NULL;
    }
  return g_steal_pointer (&self);
}

void
sag_train_texts_free (SagTrainTexts *texts)
{
  if (texts == NULL)
    return;
  for (gsize t = 0; t < texts->n; t++)
    g_free (texts->ids[t]);
  g_free (texts->ids);
  g_free (texts->n_ids);
  g_free (texts);
}

gint32
sag_train_texts_fill (
  SagTrainTexts *texts, const guint *tasks, gsize n, gint32 *lengths, gint32 **ids)
{
  gsize longest = 1;

  for (gsize s = 0; s < n; s++)
    longest = MAX (longest, texts->n_ids[tasks[s]]);
  *ids = g_new (gint32, n * longest);
  for (gsize s = 0; s < n; s++)
    {
      gsize   n_ids = texts->n_ids[tasks[s]];
      gint32 *row = *ids + s * longest;

      memcpy (row, texts->ids[tasks[s]], n_ids * sizeof *row);
      for (gsize i = n_ids; i < longest; i++)
        row[i] = texts->pad;
      lengths[s] = (gint32) n_ids;
    }
  return (gint32) longest;
}
