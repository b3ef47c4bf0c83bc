/* SPDX-License-Identifier: Apache-2.0 */
#include "model/text/tokenizer.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/text/unicode.h"
#include "model/text/vocabulary.h"

#include <string.h>

/* BERT WordPiece, uncased, as Hugging Face's fast tokenizer does it (tokenizers 0.23.3: `BertNormalizer`,
 * `BertPreTokenizer`, `WordPiece`, `TemplateProcessing`; special words are found in the raw text).
 *
 *   raw text -> special words | rest -> no controls, spaces around Chinese -> NFD -> no marks, lower case
 *            -> words and punctuation -> longest known piece, then longest known "##" piece, ...
 *
 * A word becomes [UNK] as a whole if any part of it is unknown, or if it is longer than 100 characters. Lower
 * case is taken a character at a time, so a final sigma stays medial; the only character whose lower case is
 * longer than one, U+0130, has lost its dot to NFD by then.
 */

#define MAX_WORD_CHARS 100

struct _SagTokenizer
{
  SagVocabulary vocabulary;
  gboolean      questions; /* words are whole questions */
};

static void
tokenizer_clear (gpointer data)
{
  SagTokenizer *tokenizer = data;

  sag_vocabulary_clear (&tokenizer->vocabulary);
}

SagTokenizer *
sag_tokenizer_new (const char *text, gsize size_bytes, const char *name, GError **error)
{
  g_autoptr (SagTokenizer) tokenizer = NULL;

  g_return_val_if_fail (text != NULL || size_bytes == 0, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  tokenizer = g_atomic_rc_box_new0 (SagTokenizer);
  if (!sag_vocabulary_init (&tokenizer->vocabulary, text, size_bytes, name, error))
    return NULL;
  return g_steal_pointer (&tokenizer);
}

SagTokenizer *
sag_tokenizer_new_questions (const char *text, gsize size_bytes, const char *name, GError **error)
{
  SagTokenizer *tokenizer = sag_tokenizer_new (text, size_bytes, name, error);

  if (tokenizer != NULL)
    tokenizer->questions = TRUE;
  return tokenizer;
}

SagTokenizer *
sag_tokenizer_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;
  gsize            size;

  g_return_val_if_fail (path != NULL, NULL);

  text = sag_file_load (path, SAG_VOCABULARY_MAX_BYTES, &size, error);
  if (text == NULL)
    return NULL;
  name = sag_file_dup_display_name (path);
  return sag_tokenizer_new (text, size, name, error);
}

SagTokenizer *
sag_tokenizer_ref (SagTokenizer *tokenizer)
{
  return g_atomic_rc_box_acquire (tokenizer);
}

void
sag_tokenizer_unref (SagTokenizer *tokenizer)
{
  g_atomic_rc_box_release_full (tokenizer, tokenizer_clear);
}

static void
append_word (const SagVocabulary *vocabulary, const char *word, gsize size, GArray *ids)
{
  guint n_before = ids->len;
  gsize n;

  for (gsize at = 0; at < size; at += n)
    {
      gint32 id;

      n = sag_vocabulary_match (vocabulary, at > 0, word + at, size - at, &id);
      if (n == 0)
        {
          g_array_set_size (ids, n_before);
          g_array_append_val (ids, vocabulary->special[SAG_SPECIAL_UNK]);
          return;
        }
      g_array_append_val (ids, id);
    }
}

typedef struct
{
  const SagVocabulary *vocabulary;
  GArray              *ids;
  gsize                n_chars, n_bytes; /* of the word that is being read */
  char                 word[MAX_WORD_CHARS * 4];
} Reader;

static void
end_word (Reader *reader)
{
  if (reader->n_chars > MAX_WORD_CHARS)
    g_array_append_val (reader->ids, reader->vocabulary->special[SAG_SPECIAL_UNK]);
  else if (reader->n_chars > 0)
    append_word (reader->vocabulary, reader->word, reader->n_bytes, reader->ids);
  reader->n_chars = reader->n_bytes = 0;
}

/* @ch is decomposed. */
static void
read_char (Reader *reader, gunichar ch)
{
  gboolean alone;

  if (sag_unicode_is_mark (ch))
    return;
  ch = sag_unicode_to_lower (ch);
  if (ch == ' ')
    {
      end_word (reader);
      return;
    }
  alone = sag_unicode_is_punctuation (ch);
  if (alone)
    end_word (reader);
  if (++reader->n_chars <= MAX_WORD_CHARS)
    reader->n_bytes += g_unichar_to_utf8 (ch, reader->word + reader->n_bytes);
  if (alone)
    end_word (reader);
}

/* Drops control characters, makes every white space a space and puts spaces around Chinese characters. */
static void
clean (const char *text, gsize size, GString *cleaned)
{
  g_string_truncate (cleaned, 0);
  for (const char *at = text; at < text + size; at = g_utf8_next_char (at))
    {
      gunichar ch = g_utf8_get_char (at);

      if (ch == 0xFFFD || sag_unicode_is_control (ch))
        continue;
      if (sag_unicode_is_space (ch))
        g_string_append_c (cleaned, ' ');
      else if (ch < 0x80)
        g_string_append_c (cleaned, ch);
      else if (!sag_unicode_is_cjk (ch))
        g_string_append_unichar (cleaned, ch);
      else
        {
          g_string_append_c (cleaned, ' ');
          g_string_append_unichar (cleaned, ch);
          g_string_append_c (cleaned, ' ');
        }
    }
}

/* @text holds no special word and is valid UTF-8. */
static void
read_plain (Reader *reader, const char *text, gsize size, GString *cleaned)
{
  g_autofree char *decomposed = NULL;
  const char      *at;

  clean (text, size, cleaned);
  at = cleaned->str;
  if (!g_str_is_ascii (at))
    at = decomposed = g_utf8_normalize (cleaned->str, cleaned->len, G_NORMALIZE_NFD);
  for (; *at != 0; at = g_utf8_next_char (at))
    read_char (reader, g_utf8_get_char (at));
  end_word (reader);
}

static int
special_at (const char *text, gsize size)
{
  for (int i = 0; i < SAG_N_SPECIAL; i++)
    {
      gsize length = strlen (sag_special_words[i]);

      if (length <= size && memcmp (text, sag_special_words[i], length) == 0)
        return i;
    }
  return -1;
}

static void
read_text (Reader *reader, const char *text, gsize size)
{
  g_autoptr (GString) cleaned = g_string_sized_new (size + 1);
  gsize start = 0, at = 0;

  while (at < size)
    {
      int special = text[at] == '[' ? special_at (text + at, size - at) : -1;

      if (special < 0)
        {
          at++;
          continue;
        }
      read_plain (reader, text + start, at - start, cleaned);
      g_array_append_val (reader->ids, reader->vocabulary->special[special]);
      start = at += strlen (sag_special_words[special]);
    }
  read_plain (reader, text + start, size - start, cleaned);
}

static gint32
find_question (const SagVocabulary *vocabulary, const char *text, gsize size)
{
  gint32 id;

  if (size > 0 && sag_vocabulary_match (vocabulary, FALSE, text, size, &id) == size)
    return id;
  return vocabulary->special[SAG_SPECIAL_UNK];
}

gint32 *
sag_tokenizer_encode_bytes (SagTokenizer *tokenizer,
                            const char   *text,
                            gsize         size_bytes,
                            gsize        *n_ids)
{
  g_autofree char *valid = NULL;
  Reader           reader = { .vocabulary = &tokenizer->vocabulary };
  gsize            n;
  gint32          *ids;

  g_return_val_if_fail (tokenizer != NULL, NULL);
  g_return_val_if_fail (text != NULL || size_bytes == 0, NULL);
  g_return_val_if_fail (n_ids != NULL, NULL);

  if (tokenizer->questions)
    {
      *n_ids = 1;
      ids = g_new (gint32, 1);
      ids[0] = find_question (&tokenizer->vocabulary, text, size_bytes);
      return ids;
    }
  if (size_bytes == 0)
    text = "";
  else if (!g_utf8_validate_len (text, size_bytes, NULL))
    {
      text = valid = g_utf8_make_valid (text, size_bytes);
      size_bytes = strlen (valid);
    }
  reader.ids = g_array_sized_new (FALSE, FALSE, sizeof (gint32), 2 + size_bytes / 4);
  g_array_append_val (reader.ids, tokenizer->vocabulary.special[SAG_SPECIAL_CLS]);
  read_text (&reader, text, size_bytes);
  g_array_append_val (reader.ids, tokenizer->vocabulary.special[SAG_SPECIAL_SEP]);
  ids = (gint32 *) g_array_steal (reader.ids, &n);
  g_array_unref (reader.ids);
  *n_ids = n;
  return ids;
}

gint32 *
sag_tokenizer_encode (SagTokenizer *tokenizer, const char *text, gsize *n_ids)
{
  g_return_val_if_fail (text != NULL, NULL);
  return sag_tokenizer_encode_bytes (tokenizer, text, strlen (text), n_ids);
}

/* Enough of a text to know it by. */
static char *
dup_start (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *start = NULL;

  if (g_utf8_strlen (valid, -1) <= 60)
    return g_steal_pointer (&valid);
  start = g_utf8_substring (valid, 0, 60);
  return g_strconcat (start, "…", NULL);
}

gboolean
sag_tokenizer_check (SagTokenizer *tokenizer, const char *text, GError **error)
{
  const SagVocabulary *vocabulary;
  g_autofree char     *start = NULL;

  g_return_val_if_fail (tokenizer != NULL && text != NULL, FALSE);

  vocabulary = &tokenizer->vocabulary;
  if (!tokenizer->questions ||
      find_question (vocabulary, text, strlen (text)) != vocabulary->special[SAG_SPECIAL_UNK])
    return TRUE;
  start = dup_start (text);
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
               "\"%s\" is none of the %" G_GSIZE_FORMAT
               " questions of this multi-label bundle, which reads no text; ask one of them, "
               "verbatim, or take a bundle that reads.",
               start, vocabulary->n_words - SAG_N_SPECIAL);
  return FALSE;
}

gint32 *
sag_tokenizer_encode_within (
  SagTokenizer *tokenizer, const char *text, gsize limit, gsize *n_ids, GError **error)
{
  g_autofree gint32 *ids = sag_tokenizer_encode (tokenizer, text, n_ids);
  g_autofree char   *start = NULL;

  g_return_val_if_fail (ids != NULL, NULL);

  if (!sag_tokenizer_check (tokenizer, text, error))
    return NULL;
  if (*n_ids <= limit)
    return g_steal_pointer (&ids);
  start = dup_start (text);
  g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
               "The task \"%s\" is %" G_GSIZE_FORMAT
               " word pieces long, but the model reads at most %" G_GSIZE_FORMAT "; shorten it.",
               start, *n_ids, limit);
  return NULL;
}

gint32
sag_tokenizer_get_pad_id (SagTokenizer *tokenizer)
{
  g_return_val_if_fail (tokenizer != NULL, 0);
  return tokenizer->vocabulary.special[SAG_SPECIAL_PAD];
}

gsize
sag_tokenizer_get_n_words (SagTokenizer *tokenizer)
{
  g_return_val_if_fail (tokenizer != NULL, 0);
  return tokenizer->vocabulary.n_words;
}

const char *
sag_tokenizer_get_word (SagTokenizer *tokenizer, gint32 id)
{
  g_return_val_if_fail (tokenizer != NULL, NULL);
  return sag_vocabulary_get_word (&tokenizer->vocabulary, id);
}
