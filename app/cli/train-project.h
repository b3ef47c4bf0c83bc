/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/cli/cli.h"
#include "model/tune/advice.h"
#include "model/tune/tune.h"

G_BEGIN_DECLS

/** SAG_CLI_UNSAID: an option's number that nobody gave. */
#define SAG_CLI_UNSAID (-G_MAXDOUBLE)

/**
 * SagCliTune: what the person said about a training on a project.
 * @state: (nullable): the word; @least_state: what it means
 * @folds: 0: none; @hold_out: SAG_CLI_UNSAID: not said
 * @cache: folder of prepared scans
 * @estimate: only say how long it would take
 */
typedef struct
{
  char       **tasks;
  char        *reader;
  char        *name;
  char        *state;
  SagCaseState least_state;
  const char  *cache;
  int          folds;
  double       hold_out;
  gboolean     assisted;
  gboolean     estimate;
  gboolean     json;
} SagCliTune;

void sag_cli_tune_clear (SagCliTune *tune);

/** SAG_CLI_TUNE_ENTRIES: the options that fill a SagCliTune called @tune. */
#define SAG_CLI_TUNE_ENTRIES(tune)                                                                 \
  { "task",                                                                                        \
    't',                                                                                           \
    0,                                                                                             \
    G_OPTION_ARG_STRING_ARRAY,                                                                     \
    &(tune).tasks,                                                                                 \
    "Of a project: only this task; repeatable",                                                    \
    "KEY" },                                                                                       \
    { "folds",                                                                                     \
      0,                                                                                           \
      0,                                                                                           \
      G_OPTION_ARG_INT,                                                                            \
      &(tune).folds,                                                                               \
      "Of a project: measure on every case, by so many models",                                    \
      "K" },                                                                                       \
    { "hold-out",                                                                                  \
      0,                                                                                           \
      0,                                                                                           \
      G_OPTION_ARG_DOUBLE,                                                                         \
      &(tune).hold_out,                                                                            \
      "Of a project: share of patients to measure on (0.3)",                                       \
      "SHARE" },                                                                                   \
    { "reader", 0, 0, G_OPTION_ARG_STRING, &(tune).reader, "Of a project: only this one's labels", \
      "NAME" },                                                                                    \
    { "assisted",                                                                                  \
      0,                                                                                           \
      0,                                                                                           \
      G_OPTION_ARG_NONE,                                                                           \
      &(tune).assisted,                                                                            \
      "Of a project: also labels made after an answer had been seen",                              \
      NULL },                                                                                      \
    { "state",                                                                                     \
      0,                                                                                           \
      0,                                                                                           \
      G_OPTION_ARG_STRING,                                                                         \
      &(tune).state,                                                                               \
      "Of a project: only cases that are so far: done, or reviewed",                               \
      "STATE" },                                                                                   \
    { "name", 0, 0, G_OPTION_ARG_STRING, &(tune).name, "Of a project: name of the new bundle",     \
      "NAME" },                                                                                    \
    { "estimate",                                                                                  \
      0,                                                                                           \
      0,                                                                                           \
      G_OPTION_ARG_NONE,                                                                           \
      &(tune).estimate,                                                                            \
      "Of a project: count, advise and say how long it takes; train nothing",                      \
      NULL },                                                                                      \
  {                                                                                                \
    "json", 'j', 0, G_OPTION_ARG_NONE, &(tune).json,                                               \
      "With --estimate or --status: print one JSON document", NULL                                 \
  }

/**
 * sag_cli_tune_advise: fills the parts of the plan that the person left open from what the project has.
 * @bundle: what is trained
 * @parts_said: the person chose what trains
 * @resumes: a run goes on: what it was begun with stands
 *
 * Errors: those of sag_snapshot_new(), and of sag_tune_check()
 */
gboolean sag_cli_tune_advise (const SagCliTune *tune,
                              const char       *project,
                              SagBundle        *bundle,
                              gboolean          parts_said,
                              gboolean          resumes,
                              SagTrainPlan     *plan,
                              SagTuneAdvice    *advice,
                              GError          **error);

/** sag_cli_tune_run: trains or estimates. @job: with plan, bundle, engines, folder and cache. Returns: an exit code */
int sag_cli_tune_run (const SagCliTune *tune, SagTuneJob *job, const SagTuneAdvice *advice);

/** sag_cli_tune_tell: says or asks something of the run in @folder. Returns: an exit code */
int sag_cli_tune_tell (const char *folder, SagTuneWish wish);
int sag_cli_tune_status (const char *folder, gboolean json);

G_END_DECLS
