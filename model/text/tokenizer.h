/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagTokenizer: BERT WordPiece, uncased, exactly as Hugging Face's fast tokenizer does it.
 *
 * Immutable and atomically reference counted; any thread.
 */
typedef struct _SagTokenizer SagTokenizer;

/**
 * sag_tokenizer_load: reads a `vocab.txt`, one word a line, its id the line number from 0.
 *
 * Special ids ([PAD] [UNK] [CLS] [SEP] [MASK]) come from the file. Errors: SAG_ERROR_FORMAT naming line and
 * reason (not UTF-8, a missing special word, a word twice, too many lines), G_FILE_ERROR.
 */
SagTokenizer *sag_tokenizer_load (const char *path, GError **error);

/** sag_tokenizer_new: the same from memory; @name stands in messages. */
SagTokenizer *sag_tokenizer_new (const char *text, gsize size_bytes, const char *name, GError **error);

SagTokenizer *sag_tokenizer_ref (SagTokenizer *tokenizer);
void sag_tokenizer_unref (SagTokenizer *tokenizer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagTokenizer, sag_tokenizer_unref)

/**
 * sag_tokenizer_encode: [CLS] words [SEP].
 * @text: UTF-8
 * @n_ids: (out)
 *
 * Returns: (transfer full): @n_ids ids
 */
gint32 *sag_tokenizer_encode (SagTokenizer *tokenizer, const char *text, gsize *n_ids);

gint32 sag_tokenizer_get_pad_id (SagTokenizer *tokenizer);
gsize sag_tokenizer_get_n_words (SagTokenizer *tokenizer);
/** sag_tokenizer_get_word: (nullable): the word of an id. */
const char *sag_tokenizer_get_word (SagTokenizer *tokenizer, gint32 id);

G_END_DECLS
