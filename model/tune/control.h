/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * A run on a project works in a folder, as a process of its own, and is told what to do and asked how it goes through
 * that folder: so it survives the window, another window finds it again, and a stale process number harms nobody.
 *
 *   status.json    how it stands, some times a second
 *   control        "pause", "run" or "stop"
 *   log.jsonl      a line for each step; locked while the process lives
 *   command.json   the arguments it was started with
 */

typedef enum
{
  SAG_TUNE_PREPARING, /* snapshot, scans, tokens */
  SAG_TUNE_TRAINING,
  SAG_TUNE_PAUSED,
  SAG_TUNE_MEASURING,
  SAG_TUNE_DONE,
  SAG_TUNE_STOPPED, /* a checkpoint is there */
  SAG_TUNE_FAILED,  /* see the message */
} SagTuneState;
#define SAG_N_TUNE_STATES 7

/** sag_tune_state_to_string: "preparing", "training", ... */
const char *sag_tune_state_to_string (SagTuneState state);

/**
 * SagTuneStatus: how a run stands.
 * @alive: a process works on it; else a state up to SAG_TUNE_MEASURING means that it died
 * @fold, @n_folds: 1 up to n_folds: a part of the cross-validation; 0: the model that stays
 * @step, @n_steps: of that model
 * @n_done, @n: scans prepared, encoded or measured
 * @loss: of the newest step; NaN before
 * @seconds_left: of everything; NaN while nobody knows
 * @message: (nullable): what failed
 */
typedef struct
{
  SagTuneState state;
  gboolean     alive;
  guint        fold;
  guint        n_folds;
  guint64      step;
  guint64      n_steps;
  gsize        n_done;
  gsize        n;
  double       loss;
  double       seconds_left;
  char        *message;
} SagTuneStatus;

void sag_tune_status_clear (SagTuneStatus *status);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SagTuneStatus, sag_tune_status_clear)

/** sag_tune_status_load: what the folder says now. Errors: SAG_ERROR_FORMAT, G_FILE_ERROR (no run there) */
gboolean sag_tune_status_load (const char *folder, SagTuneStatus *status, GError **error);
/** sag_tune_status_save: @alive is not written. */
gboolean sag_tune_status_save (const char *folder, const SagTuneStatus *status, GError **error);

typedef enum
{
  SAG_TUNE_RUN,
  SAG_TUNE_PAUSE,
  SAG_TUNE_STOP, /* after a checkpoint */
} SagTuneWish;

/** sag_tune_control_set: does not wait for the disk. Errors: G_FILE_ERROR */
gboolean sag_tune_control_set (const char *folder, SagTuneWish wish, GError **error);
/** sag_tune_control_get: SAG_TUNE_RUN where nobody said anything. */
SagTuneWish sag_tune_control_get (const char *folder);

/**
 * SagTuneLine: a line of the log.
 * @fold: as in SagTuneStatus
 * @watched: of cases that are not learned from, after the step; else of the step
 * @auroc: of what is watched: mean over the tasks; NaN where there is none
 */
typedef struct
{
  guint    fold;
  guint64  step;
  double   loss;
  double   class_loss;
  double   patch_loss;
  gboolean watched;
  double   auroc;
} SagTuneLine;

/**
 * sag_tune_log_read: lines that were written since the last call.
 * @offset: (inout): 0 at first
 *
 * Returns: (transfer full) (element-type SagTuneLine): maybe none; lines that are not whole wait. What lies
 * beyond 256 MiB comes with the next call
 */
GArray *sag_tune_log_read (const char *folder, goffset *offset);

/** sag_tune_command_save: does not wait for the disk. @arguments: (NULL-terminated): without the program's name. */
gboolean sag_tune_command_save (const char *folder, const char *const *arguments, GError **error);
/** sag_tune_command_load: (transfer full): with "--resume", to go on with. */
char **sag_tune_command_load (const char *folder, GError **error);

G_END_DECLS
