/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagTrainLog: a file of one JSON object a line, each with a "step" first (docs/training.md lists the members). Lines
 * are written at once, so that another program can follow. No paths, no names.
 */
typedef struct _SagTrainLog SagTrainLog;

/**
 * sag_train_log_open: opens or makes @path, and leaves what is in it.
 *
 * Errors: G_FILE_ERROR; SAG_ERROR_ARGUMENT if another process has it open
 */
SagTrainLog *sag_train_log_open (const char *path, GError **error);
void         sag_train_log_close (SagTrainLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagTrainLog, sag_train_log_close)

/**
 * sag_train_log_cut: cuts off the lines of later steps than @last_step, and a line that was not finished; -1 cuts all.
 * Errors: G_FILE_ERROR
 */
gboolean sag_train_log_cut (SagTrainLog *log, gint64 last_step, GError **error);

/** sag_train_log_begin: a line about @step; then its members; then sag_train_log_end(). */
void sag_train_log_begin (SagTrainLog *log, guint64 step);
void sag_train_log_number (SagTrainLog *log, const char *name, double value);
void sag_train_log_string (SagTrainLog *log, const char *name, const char *value);
/** sag_train_log_end: Errors: G_FILE_ERROR, a full disk among them */
gboolean sag_train_log_end (SagTrainLog *log, GError **error);

G_END_DECLS
