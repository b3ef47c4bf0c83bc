/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/cli/cli.h"
#include "model/answer/answer.h"
#include "model/answer/robust.h"

G_BEGIN_DECLS

/**
 * SagCliAsk: how the person wants scans to be asked.
 * @texts: (NULL-terminated) tasks, verbatim
 * @lungs: (nullable): file of a lung mask or TotalSegmentator map
 * @heatmaps: (nullable): folder for score and evidence maps
 */
typedef struct
{
  char   **texts;
  char    *lungs;
  char    *heatmaps;
  double   shift_mm[3];
  gboolean raw;
  gboolean evidence;
  gboolean robust;
  gboolean force;
} SagCliAsk;

/**
 * sag_cli_check_texts: takes space off the ends of tasks.
 * Error: SAG_ERROR_ARGUMENT for an empty one, or one that is not UTF-8
 */
gboolean sag_cli_check_texts (char **texts, GError **error);

/**
 * SagCliCase: one scan asked every task, and how long each stage took.
 * @answers: (element-type SagAnswer): NULL when the scope forbids numbers
 * @heatmaps, @evidence: paths of written maps, by answer; empty where none was asked for, or the
 *   bundle draws no map. A "Segment" text has no evidence: NULL.
 * @robust: (element-type SagRobust) (nullable): by answer; NULL where not asked for
 */
typedef struct
{
  char          *name;
  SagVolume     *volume;
  SagVolume     *lungs; /* of --lungs, or NULL */
  SagPrepared   *prepared;
  SagTokens     *tokens;
  SagProvenance *provenance;
  GPtrArray     *answers;
  GPtrArray     *heatmaps;
  GPtrArray     *evidence;
  GPtrArray     *robust;
  double         load_s;
  double         prepare_s;
  double         encode_s;
  double         ask_s;
} SagCliCase;

/**
 * sag_cli_case_new: loads, prepares, encodes, asks, writes maps. A scan out of scope gives a case
 * without answers.
 */
SagCliCase      *
sag_cli_case_new (SagEngine *engine, const char *path, const SagCliAsk *ask, GError **error);
void sag_cli_case_free (SagCliCase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagCliCase, sag_cli_case_free)

/** sag_cli_case_refuse: sets a SAG_ERROR_SCOPE that says why there are no answers. */
void sag_cli_case_refuse (const SagCliCase *self, GError **error);

/** sag_cli_case_print: for people, on stdout. */
void sag_cli_case_print (const SagCliCase *self, SagEngine *engine);

/** sag_cli_case_write: the members of a case's JSON object (DESIGN.md section 6). */
void sag_cli_case_write (const SagCliCase *self, SagEngine *engine, SagJsonWriter *writer);

/** SAG_CLI_NOT_LOCALISED: goes with every map of a text whose patch head was not trained. */
#define SAG_CLI_NOT_LOCALISED                                                                      \
  "Localisation was not trained for this text. The map shows where the patch head responds, not "  \
  "why the number is high."

/**
 * sag_cli_print_sentence: prints @label and a sentence, which goes on on further lines as
 * SAG_CLI_LABEL does.
 */
void sag_cli_print_sentence (const char *label, const char *sentence);

/** sag_cli_print_warnings: the volume's warnings as notes. */
void sag_cli_print_warnings (const SagVolume *volume);

/** sag_cli_scope_write: the members of a "scope" object. */
void sag_cli_scope_write (const SagScope *scope, SagJsonWriter *writer);
/**
 * SAG_CLI_LABEL: a line for people, under a scan's name: printf() of the label and what follows it;
 * "" as label goes on with the line before.
 */
#define SAG_CLI_LABEL "  %-11s "

/** sag_cli_scope_print: verdict, lungs and reasons for people. */
void sag_cli_scope_print (const SagScope *scope);

G_END_DECLS
