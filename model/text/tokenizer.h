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
 * reason (not UTF-8, an empty line, a word twice, more than 2^20 lines, a missing special word), SAG_ERROR_LIMIT above
 * 64 MiB, G_FILE_ERROR. Lines may end in CR LF, and a byte order mark at the start is skipped.
 */
SagTokenizer *sag_tokenizer_load (const char *path, GError **error);

/** sag_tokenizer_new: the same from memory; @name stands in messages. */
SagTokenizer *
sag_tokenizer_new (const char *text, gsize size_bytes, const char *name, GError **error);

/**
 * sag_tokenizer_new_questions: of a multi-label network, whose words are whole questions: a text is one id, the
 * question's, or [UNK]'s if it is none of them.
 */
SagTokenizer *
sag_tokenizer_new_questions (const char *text, gsize size_bytes, const char *name, GError **error);

/** sag_tokenizer_check: FALSE with SAG_ERROR_ARGUMENT for a text that is none of a multi-label network's questions. */
gboolean sag_tokenizer_check (SagTokenizer *tokenizer, const char *text, GError **error);

SagTokenizer *sag_tokenizer_ref (SagTokenizer *tokenizer);
void          sag_tokenizer_unref (SagTokenizer *tokenizer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagTokenizer, sag_tokenizer_unref)

/**
 * sag_tokenizer_encode: [CLS] words [SEP].
 * @text: UTF-8; bytes that are not are dropped, as control characters are
 * @n_ids: (out)
 *
 * Special words written in @text, such as "[MASK]", become their ids; their case matters.
 *
 * Returns: (transfer full): @n_ids ids
 */
gint32 *sag_tokenizer_encode (SagTokenizer *tokenizer, const char *text, gsize *n_ids);

/** sag_tokenizer_encode_bytes: the same of a text that may hold zero bytes, which are dropped. */
gint32 *sag_tokenizer_encode_bytes (SagTokenizer *tokenizer,
                                    const char   *text,
                                    gsize         size_bytes,
                                    gsize        *n_ids);

/**
 * sag_tokenizer_encode_within: the same for a model that reads at most @limit ids, [CLS] and [SEP] included.
 *
 * Returns: (transfer full) (nullable): @n_ids ids; NULL with SAG_ERROR_LIMIT for a longer text, or as
 * sag_tokenizer_check() says
 */
gint32 *sag_tokenizer_encode_within (
  SagTokenizer *tokenizer, const char *text, gsize limit, gsize *n_ids, GError **error);

gint32 sag_tokenizer_get_pad_id (SagTokenizer *tokenizer);
gsize  sag_tokenizer_get_n_words (SagTokenizer *tokenizer);
/** sag_tokenizer_get_word: (nullable): the word of an id. */
const char *sag_tokenizer_get_word (SagTokenizer *tokenizer, gint32 id);

G_END_DECLS
