/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/answer/laterality.h"
#include "model/engine/engine.h"
#include "ui/answer/result.h"
#include "ui/case/case.h"

G_BEGIN_DECLS

/**
 * SagUiEngineNote: why this engine and not a better one.
 * @sentence: (nullable)
 * @unasked: it is shown; else it is told where the engine is looked at
 */
typedef struct
{
  char    *sentence;
  gboolean unasked;
} SagUiEngineNote;

/**
 * SagUiEngineOpen: how the program opens an engine; app/ knows which ones there are.
 * @note: (inout): empty; its sentence will be freed
 * Called on the engine thread.
 */
typedef SagEngine *(*SagUiEngineOpen) (SagBundle       *bundle,
                                       gpointer         user_data,
                                       SagUiEngineNote *note,
                                       GError         **error);

/** SagUiEngineState: what the strip shows. */
typedef enum
{
  SAG_UI_ENGINE_OPENING,
  SAG_UI_ENGINE_IDLE,
  SAG_UI_ENGINE_PREPARING,
  SAG_UI_ENGINE_ENCODING,
  SAG_UI_ENGINE_ASKING,
  SAG_UI_ENGINE_FAILED, /* no bundle could be opened */
} SagUiEngineState;

/** SagUiEngineTimes: milliseconds of the newest work of each stage; 0 where there was none. */
typedef struct
{
  double load;
  double prepare;
  double encode;
  double ask;
} SagUiEngineTimes;

/**
 * SagUiEngine: the engine thread of a window, seen from the main thread.
 *
 * One thread owns every SagEngine. Jobs of one kind are newest first; a live question that was
 * not begun when the next one comes is dropped. Cancelling works between blocks; cancellables that
 * callers pass are cancelled on the main thread. An error, of memory too, is one result's, and the
 * rest goes on.
 *
 * Properties: "state" (uint, read-only), "bundle-name" (string, read-only), "note" (string,
 * read-only, nullable), "error" (string, read-only, nullable).
 * Signals: "changed": state, times or bundle; "bundle-changed": answers of the old one are stale.
 */
#define SAG_UI_TYPE_ENGINE (sag_ui_engine_get_type ())
G_DECLARE_FINAL_TYPE (SagUiEngine, sag_ui_engine, SAG_UI, ENGINE, GObject)

/** sag_ui_engine_new: opens nothing yet. @destroy: (nullable): of @user_data. */
SagUiEngine *sag_ui_engine_new (SagUiEngineOpen open, gpointer user_data, GDestroyNotify destroy);

/**
 * sag_ui_engine_close: stops everything and waits for the thread, for the end of the program. What
 * is asked later is told that it was stopped.
 */
void sag_ui_engine_close (SagUiEngine *self);

/**
 * sag_ui_engine_open: opens the bundle in @folder, or the one that ships (NULL), in the background.
 * If it fails, the old one stays, and @callback learns why.
 */
void     sag_ui_engine_open_async (SagUiEngine        *self,
                                   const char         *folder,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data);
gboolean sag_ui_engine_open_finish (SagUiEngine *self, GAsyncResult *result, GError **error);

/** sag_ui_engine_reopen: the bundle that is open, or on its way, is opened anew: with other settings. */
void sag_ui_engine_reopen (SagUiEngine *self);

SagUiEngineState sag_ui_engine_get_state (SagUiEngine *self);
/** sag_ui_engine_get_bundle: (nullable) (transfer none). */
SagBundle *sag_ui_engine_get_bundle (SagUiEngine *self);
/** sag_ui_engine_get_previous: (nullable) (transfer none): the other bundle that answered before, in this program. */
SagBundle *sag_ui_engine_get_previous (SagUiEngine *self);
/**
 * sag_ui_engine_set_calibration: answers with another calibration of the open bundle are stale from now on.
 * @sha256: (nullable): of the overlay; NULL: there is none
 */
void sag_ui_engine_set_calibration (SagUiEngine *self, const char *sha256);
/** sag_ui_engine_gave: whether @answer is of the open bundle. */
gboolean sag_ui_engine_gave (SagUiEngine *self, const SagAnswer *answer);
/** sag_ui_engine_is_stale: whether asking now would be another question than @answer is of; FALSE without a bundle. */
gboolean sag_ui_engine_is_stale (SagUiEngine *self, SagUiCase *one, const SagAnswer *answer);
/** sag_ui_engine_get_info: (nullable): NULL until an engine is open. */
const SagEngineInfo *sag_ui_engine_get_info (SagUiEngine *self);
SagUiEngineTimes     sag_ui_engine_get_times (SagUiEngine *self);
/** sag_ui_engine_get_note: (nullable): why this engine and not a better one, if that is worth showing. */
const char *sag_ui_engine_get_note (SagUiEngine *self);
/** sag_ui_engine_get_reason: (nullable): the same, for whoever looks at the engine. */
const char *sag_ui_engine_get_reason (SagUiEngine *self);
/** sag_ui_engine_get_error: (nullable): why no bundle could be opened. */
const char *sag_ui_engine_get_error (SagUiEngine *self);
/** sag_ui_engine_dup_watermark: (nullable): the sentence that every view of @one must carry with this bundle. */
char *sag_ui_engine_dup_watermark (SagUiEngine *self, SagUiCase *one);
/** sag_ui_engine_get_brief_watermark: (nullable): the same in two or three words, for narrow views. */
const char *sag_ui_engine_get_brief_watermark (SagUiEngine *self);

/**
 * sag_ui_engine_prepare: prepares and encodes @one ahead, when nothing else is to do; out of scope
 * it is only prepared, unless it is forced. Nothing happens before the scan is read.
 */
void sag_ui_engine_prepare (SagUiEngine *self, SagUiCase *one);

/**
 * sag_ui_engine_ask: asks @text about @one.
 *
 * Returns: (transfer none): the result, at once on top of the case's results, pending. A scan that
 * is still being read is waited for, one that is not is read. A live result of the same text becomes
 * this one, one of another text goes.
 */
SagUiResult *sag_ui_engine_ask (SagUiEngine *self, SagUiCase *one, const char *text);

/**
 * sag_ui_engine_ask_live: the same while typing pauses: takes the place of the case's live result,
 * and of one asked before that has not begun. One that says @text already is returned as it is.
 */
SagUiResult *sag_ui_engine_ask_live (SagUiEngine *self, SagUiCase *one, const char *text);

/** sag_ui_engine_ask_again: with the bundle and the box of now; @result keeps its place and look. */
void sag_ui_engine_ask_again (SagUiEngine *self, SagUiCase *one, SagUiResult *result);

/** sag_ui_engine_forget: removes @result and its maps from the case (and cancels it). */
void sag_ui_engine_forget (SagUiEngine *self, SagUiCase *one, SagUiResult *result);

/** sag_ui_engine_cancel: everything that is under way or waits, but not the opening of a bundle. */
void sag_ui_engine_cancel (SagUiEngine *self);

/** SagUiEngineProgress: on the main thread; not after the job was cancelled. */
typedef void (*SagUiEngineProgress) (double fraction, gpointer user_data);

/**
 * sag_ui_engine_ask_many_async: answers without cards, for the catalogue's table. In batches;
 * @progress (nullable) is called between them.
 */
void sag_ui_engine_ask_many_async (SagUiEngine        *self,
                                   SagUiCase          *one,
                                   const char *const  *texts,
                                   SagUiEngineProgress progress,
                                   gpointer            progress_data,
                                   GCancellable       *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data);
/** Returns: (transfer full) (element-type SagAnswer): in the order of the texts. */
GPtrArray *sag_ui_engine_ask_many_finish (SagUiEngine *self, GAsyncResult *result, GError **error);

/** sag_ui_engine_ask_with_async: one text with another bundle's folder, for A/B. */
void sag_ui_engine_ask_with_async (SagUiEngine        *self,
                                   SagUiCase          *one,
                                   const char         *folder,
                                   const char         *text,
                                   GCancellable       *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data);
/** Returns: (transfer full). */
SagAnswer *sag_ui_engine_ask_with_finish (SagUiEngine *self, GAsyncResult *result, GError **error);

/**
 * sag_ui_engine_evidence: computes it for a ready @result, which then has it (or an error in
 * @callback). Its map is added to the case's, not visible.
 */
void     sag_ui_engine_evidence_async (SagUiEngine        *self,
                                       SagUiCase          *one,
                                       SagUiResult        *result,
                                       SagUiEngineProgress progress,
                                       gpointer            progress_data,
                                       GCancellable       *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);
gboolean sag_ui_engine_evidence_finish (SagUiEngine *self, GAsyncResult *result, GError **error);

/** sag_ui_engine_robust: the same for paraphrases, shifted boxes and controls. */
void     sag_ui_engine_robust_async (SagUiEngine        *self,
                                     SagUiCase          *one,
                                     SagUiResult        *result,
                                     GCancellable       *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data);
gboolean sag_ui_engine_robust_finish (SagUiEngine *self, GAsyncResult *result, GError **error);

/**
 * sag_ui_engine_save_map: writes the score map of a ready @result on the grid of @one's scan, and
 * the answer beside it, as sag_heatmap_save() does.
 */
void     sag_ui_engine_save_map_async (SagUiEngine        *self,
                                       SagUiCase          *one,
                                       SagUiResult        *result,
                                       gboolean            smooth,
                                       const char         *folder,
                                       GCancellable       *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);
gboolean sag_ui_engine_save_map_finish (SagUiEngine *self, GAsyncResult *result, GError **error);

/** sag_ui_engine_laterality: left and right of a healthy phantom with the open bundle. */
void     sag_ui_engine_laterality_async (SagUiEngine        *self,
                                         GCancellable       *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer            user_data);
gboolean sag_ui_engine_laterality_finish (SagUiEngine        *self,
                                          GAsyncResult       *result,
                                          SagLateralityCheck *check,
                                          GError            **error);

G_END_DECLS
