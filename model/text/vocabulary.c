/* SPDX-License-Identifier: Apache-2.0 */
#include "model/text/vocabulary.h"

#include "model/core/error.h"

#include <string.h>

/* A vocabulary in memory.
 *
 *   text    all words, each ended by a zero byte
 *   starts  (n_words + 1)    where each begins in text
 *   slots   (slot_mask + 1)  id + 1 of a word, 0 where free: open addressing, at most half full
 *
 * The hash is FNV-1a, so that the hash of a word's every prefix falls out of one pass over its bytes.
 */

#define MAX_WORDS (1 << 20)
#define HASH_START 14695981039346656037u
#define HASH_STEP 1099511628211u

const char *const sag_special_words[SAG_N_SPECIAL] = { "[PAD]", "[UNK]", "[CLS]", "[SEP]",
                                                       "[MASK]" };

static inline guint64
hash_bytes (guint64 hash, const char *bytes, gsize size)
{
  for (gsize i = 0; i < size; i++)
    hash = (hash ^ (guint8) bytes[i]) * HASH_STEP;
  return hash;
}

static gsize
word_size (const SagVocabulary *vocabulary, gsize id)
{
  return vocabulary->starts[id + 1] - vocabulary->starts[id] - 1;
}

/* The slot of the word @prefix + @bytes, or the free one where it would go. */
static guint32 *
find_slot (const SagVocabulary *vocabulary,
           guint64              hash,
           const char          *prefix,
           gsize                prefix_size,
           const char          *bytes,
           gsize                size)
{
  for (guint32 at = (guint32) (hash ^ (hash >> 32));; at++)
    {
      guint32    *slot = &vocabulary->slots[at & vocabulary->slot_mask];
      const char *word;

      if (*slot == 0)
        return slot;
      word = vocabulary->text + vocabulary->starts[*slot - 1];
      if (word_size (vocabulary, *slot - 1) == prefix_size + size &&
          memcmp (word, prefix, prefix_size) == 0 && memcmp (word + prefix_size, bytes, size) == 0)
        return slot;
    }
}

static guint32 *
find_word (const SagVocabulary *vocabulary, const char *word, gsize size)
{
  return find_slot (vocabulary, hash_bytes (HASH_START, word, size), "", 0, word, size);
}

static gboolean
check_line (const char *line, gsize size, gsize number, const char *name, GError **error)
{
  const char *problem = NULL;

  if (number > MAX_WORDS)
    problem = "is one too many, a vocabulary has at most 1048576 words";
  else if (size == 0)
    problem = "is empty";
  else if (memchr (line, 0, size) != NULL)
    problem = "holds a zero byte";
  else if (memchr (line, '\r', size) != NULL)
    problem = "holds a carriage return";
  else if (!g_utf8_validate (line, size, NULL))
    problem = "is not UTF-8";
  if (problem == NULL)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
               "%s is not a usable vocabulary: line %" G_GSIZE_FORMAT " %s; "
               "use the vocab.txt that came with the model.",
               name, number, problem);
  return FALSE;
}

/* Turns lines into words, in place. */
static gboolean
split_lines (SagVocabulary *vocabulary, gsize size, const char *name, GError **error)
{
  g_autoptr (GArray) starts = g_array_new (FALSE, FALSE, sizeof (guint32));
  char       *to = vocabulary->text;
  const char *at = vocabulary->text, *end = at + size;
  guint32     start = 0;

  if (size >= 3 && memcmp (at, "\xEF\xBB\xBF", 3) == 0)
    at += 3;
  g_array_append_val (starts, start);
  while (at < end)
    {
      const char *newline = memchr (at, '\n', end - at);
      const char *next = newline ? newline + 1 : end;
      gsize       length = (newline ? newline : end) - at;

      if (length > 0 && at[length - 1] == '\r')
        length--;
      if (!check_line (at, length, starts->len, name, error))
        return FALSE;
      memmove (to, at, length);
      to[length] = 0;
      to += length + 1;
      start = to - vocabulary->text;
      g_array_append_val (starts, start);
      vocabulary->longest_bytes = MAX (vocabulary->longest_bytes, length);
      at = next;
    }
  vocabulary->n_words = starts->len - 1;
  vocabulary->starts = (guint32 *) g_array_steal (starts, NULL);
  return TRUE;
}

static gboolean
index_words (SagVocabulary *vocabulary, const char *name, GError **error)
{
  gsize n_slots = 16;

  while (n_slots < 2 * vocabulary->n_words)
    n_slots *= 2;
  vocabulary->slots = g_new0 (guint32, n_slots);
  vocabulary->slot_mask = n_slots - 1;
  for (gsize id = 0; id < vocabulary->n_words; id++)
    {
      const char *word = vocabulary->text + vocabulary->starts[id];
      guint32    *slot = find_word (vocabulary, word, word_size (vocabulary, id));

      if (*slot != 0)
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                       "%s is not a usable vocabulary: line %" G_GSIZE_FORMAT " repeats line %u; "
                       "use the vocab.txt that came with the model.",
                       name, id + 1, *slot);
          return FALSE;
        }
      *slot = id + 1;
    }
  return TRUE;
}

static gboolean
find_special_words (SagVocabulary *vocabulary, const char *name, GError **error)
{
  for (int i = 0; i < SAG_N_SPECIAL; i++)
    {
      guint32 slot = *find_word (vocabulary, sag_special_words[i], strlen (sag_special_words[i]));

      if (slot == 0)
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                       "%s is not a usable vocabulary: none of its %" G_GSIZE_FORMAT
                       " lines is %s; "
                       "use the vocab.txt of an uncased BERT model.",
                       name, vocabulary->n_words, sag_special_words[i]);
          return FALSE;
        }
      vocabulary->special[i] = slot - 1;
    }
  return TRUE;
}

gboolean
sag_vocabulary_init (
  SagVocabulary *vocabulary, const char *text, gsize size_bytes, const char *name, GError **error)
{
  *vocabulary = (SagVocabulary){ 0 };
  if (size_bytes > SAG_VOCABULARY_MAX_BYTES)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                   "%s is larger than 64 MiB, too large for a vocabulary.", name);
      return FALSE;
    }
  vocabulary->text = g_malloc (size_bytes + 1);
  if (size_bytes > 0)
    memcpy (vocabulary->text, text, size_bytes);
  return split_lines (vocabulary, size_bytes, name, error) &&
         index_words (vocabulary, name, error) && find_special_words (vocabulary, name, error);
}

void
sag_vocabulary_clear (SagVocabulary *vocabulary)
{
  g_free (vocabulary->text);
  g_free (vocabulary->starts);
  g_free (vocabulary->slots);
}

const char *
sag_vocabulary_get_word (const SagVocabulary *vocabulary, gint32 id)
{
  if (id < 0 || (gsize) id >= vocabulary->n_words)
    return NULL;
  return vocabulary->text + vocabulary->starts[id];
}

gsize
sag_vocabulary_match (
  const SagVocabulary *vocabulary, gboolean inside, const char *text, gsize size_bytes, gint32 *id)
{
  const char *prefix = inside ? "##" : "";
  gsize       prefix_size = strlen (prefix), found = 0;
  guint64     hash = hash_bytes (HASH_START, prefix, prefix_size);

  for (gsize n = 1; n <= size_bytes && prefix_size + n <= vocabulary->longest_bytes; n++)
    {
      guint32 slot;

      hash = hash_bytes (hash, text + n - 1, 1);
      slot = *find_slot (vocabulary, hash, prefix, prefix_size, text, n);
      if (slot != 0)
        {
          *id = slot - 1;
          found = n;
        }
    }
  return found;
}
