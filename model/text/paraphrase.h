/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Other wordings of a task, to see whether an answer hangs on the words, and controls that an answer must not
 * follow. Made by fixed templates from the parts of the sentence (sag_task_words_init()), the same every time.
 * Any text will do.
 */

/** The made-up finding of the nonsense control; vocabularies spell it in pieces, none of them unknown. */
#define SAG_NONSENSE_WORD "florbosis"

/**
 * sag_paraphrase_dup_all: the same question in other words.
 *
 * Returns: (transfer full): at least 5 different texts, none of them @text
 */
char **sag_paraphrase_dup_all (const char *text);

/** sag_paraphrase_dup_negated: the opposite question ("Diagnose the absence of ..."). */
char *sag_paraphrase_dup_negated (const char *text);

/**
 * sag_paraphrase_dup_nonsense: the same sentence about a finding that does not exist.
 *
 * Where the finding cannot be told, the longest word gives way.
 */
char *sag_paraphrase_dup_nonsense (const char *text);

G_END_DECLS
