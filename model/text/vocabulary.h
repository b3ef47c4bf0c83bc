/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** SagSpecialWord: the words that a BERT vocabulary must have. */
typedef enum
{
  SAG_SPECIAL_PAD,
  SAG_SPECIAL_UNK,
  SAG_SPECIAL_CLS,
  SAG_SPECIAL_SEP,
  SAG_SPECIAL_MASK,
  SAG_N_SPECIAL
} SagSpecialWord;

extern const char *const sag_special_words[SAG_N_SPECIAL];

/**
 * SagVocabulary: words and their ids, which are line numbers from 0. Immutable once loaded; any thread.
 * @n_words: 5 to 2^20
 * @longest_bytes: of any word
 * @special: ids of the special words
 */
typedef struct
{
  gsize  n_words;
  gsize  longest_bytes;
  gint32 special[SAG_N_SPECIAL];

  /*< private >*/
  char    *text;
  guint32 *starts;
  guint32 *slots;
  guint32  slot_mask;
} SagVocabulary;

/** The largest vocabulary file that is read. */
#define SAG_VOCABULARY_MAX_BYTES ((gsize) 64 << 20)

/**
 * sag_vocabulary_init: reads one word a line; @name stands in messages.
 *
 * Returns: FALSE with SAG_ERROR_FORMAT naming line and reason, or SAG_ERROR_LIMIT; then too
 * sag_vocabulary_clear() must be called
 */
gboolean sag_vocabulary_init (
  SagVocabulary *vocabulary, const char *text, gsize size_bytes, const char *name, GError **error);
void sag_vocabulary_clear (SagVocabulary *vocabulary);

const char *sag_vocabulary_get_word (const SagVocabulary *vocabulary, gint32 id);

/**
 * sag_vocabulary_match: finds the longest word that @text starts with.
 * @inside: look for "##" words, the pieces that continue a word
 * @id: (out): of that word
 *
 * Returns: how many bytes of @text it is (without "##"), 0 for none
 */
gsize sag_vocabulary_match (
  const SagVocabulary *vocabulary, gboolean inside, const char *text, gsize size_bytes, gint32 *id);

G_END_DECLS
