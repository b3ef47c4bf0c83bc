/* SPDX-License-Identifier: Apache-2.0 */
#include "model/text/catalogue.h"
#include "model/text/paraphrase.h"
#include "model/text/tokenizer.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_tokenizer (SagTokenizer *tokenizer, const char *text, gsize size)
{
  gsize              n_ids;
  g_autofree gint32 *ids = sag_tokenizer_encode_bytes (tokenizer, text, size, &n_ids);

  g_assert_cmpuint (n_ids, >=, 2);
  g_assert_cmpuint (n_ids, <=, size + 2);
  for (gsize i = 0; i < n_ids; i++)
    g_assert_nonnull (sag_tokenizer_get_word (tokenizer, ids[i]));
}

static void
check_sentence (const char *text)
{
  g_autofree char *slug = sag_task_slug (text);
  g_autofree char *negated = sag_paraphrase_dup_negated (text);
  g_autofree char *nonsense = sag_paraphrase_dup_nonsense (text);
  g_auto (GStrv) texts = sag_paraphrase_dup_all (text);

  g_assert_cmpuint (strlen (slug), >=, 1);
  g_assert_cmpuint (strlen (slug), <=, 40);
  g_assert_cmpuint (g_strv_length (texts), >=, 5);
  g_assert_true (g_utf8_validate (negated, -1, NULL) && g_utf8_validate (nonsense, -1, NULL));
}

/* The input is a vocabulary, a byte 0xFF, and a text, which is taken for a sentence and for a task
 * file too. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const guint8    *border = size > 0 ? memchr (data, 0xFF, size) : NULL;
  gsize            vocabulary_size = border != NULL ? (gsize) (border - data) : size;
  const char      *text = (const char *) data + MIN (vocabulary_size + 1, size);
  gsize            text_size = size - MIN (vocabulary_size + 1, size);
  g_autofree char *sentence = g_strndup (text, text_size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) tasks_error = NULL;
  g_autoptr (SagTokenizer) tokenizer = NULL;
  g_auto (GStrv) tasks = NULL;

  tokenizer = sag_tokenizer_new ((const char *) data, vocabulary_size, "vocab.txt", &error);
  g_assert_true ((tokenizer != NULL) == (error == NULL));
  if (tokenizer != NULL)
    check_tokenizer (tokenizer, text, text_size);
  check_sentence (sentence);
  tasks = sag_tasks_parse (text, text_size, "tasks", &tasks_error);
  g_assert_true ((tasks != NULL) == (tasks_error == NULL));
  return 0;
}
