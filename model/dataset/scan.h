/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dataset/cache.h"
#include "model/dataset/grid.h"
#include "model/dataset/labels.h"
#include "model/volume/volume.h"

G_BEGIN_DECLS

/**
 * SagScanMask: a mask file of a scan and what is asked of it.
 * @sets: (array length=n_sets)
 */
typedef struct
{
  const char        *path;
  const SagLabelSet *sets;
  gsize              n_sets;
} SagScanMask;

/**
 * SagScanFacts: what is known of a prepared scan.
 * @synthetic: the file says that it is a phantom
 * @in_scope: the scope check of asking found nothing that keeps the model from it
 * @unplaced: upstream's .bin, which knows no place: a mask of as many voxels is taken to lie on it
 * @scan, @input: where the voxels of the file and of the network's input lie
 * @kept_low, @kept_high: as sag_prepared_get_kept()
 */
typedef struct
{
  gboolean    synthetic;
  gboolean    in_scope;
  gboolean    unplaced;
  SagGeometry scan;
  SagGeometry input;
  gint32      kept_low[3];
  gint32      kept_high[3];
} SagScanFacts;

/**
 * SagMaskFacts: what is known of a prepared mask.
 * @resampled: it lay on another grid than its scan
 * @n_voxels: (n_sets): voxels of each set in the whole mask file
 */
typedef struct
{
  gboolean resampled;
  guint64 *n_voxels;
} SagMaskFacts;

/**
 * SagScanStore: scans and masks, prepared once and kept in a cache. Thread-safe. Sections of an entry:
 *
 *   scan   FACT  doubles: SagScanFacts
 *          INPT  (input) uint16, z fastest: 64000 x the network's input, which is 32 steps a Hounsfield unit: never
 *                more than 1/64 HU (7.9e-6 of the input) off what inference feeds
 *          SRCE  (source) int16 Hounsfield units: the same voxels, with a margin that covers the training box
 *   mask   FACT  doubles: resampled, then voxels of each set
 *          TARG  (n_sets, n_tokens, cells) float32: exact targets
 *          LABL  (source * fine) uint8 numbers of labels
 *          MEMB  (n_sets, 256) uint8
 */
typedef struct _SagScanStore SagScanStore;

#define SAG_SCAN_STEPS 64000.0f

/** sag_scan_store_new: @cache stays the caller's. */
SagScanStore        *sag_scan_store_new (SagCache *cache, const SagSampleGrid *grid);
void                 sag_scan_store_free (SagScanStore *store);
const SagSampleGrid *sag_scan_store_get_grid (SagScanStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagScanStore, sag_scan_store_free)

/**
 * sag_scan_store_prepare: makes what is not in the cache yet of one scan and its masks. Reads each file once.
 *
 * Errors: those of sag_nifti_load(), sag_bin_load() and sag_prepare(), naming the file; G_FILE_ERROR for a cache
 * that cannot be written; G_IO_ERROR_CANCELLED
 */
gboolean sag_scan_store_prepare (SagScanStore      *store,
                                 const char        *path,
                                 const SagScanMask *masks,
                                 gsize              n_masks,
                                 GCancellable      *cancellable,
                                 GError           **error);

/**
 * sag_scan_store_add_keys: appends to @text what tells a scan and its masks, as they are prepared, from all others.
 *
 * Errors: those of sag_cache_dup_file_key()
 */
gboolean sag_scan_store_add_keys (SagScanStore      *store,
                                  const char        *path,
                                  const SagScanMask *masks,
                                  gsize              n_masks,
                                  GString           *text,
                                  GError           **error);

/** sag_scan_store_has: whether sag_scan_store_prepare() has nothing to do. FALSE also for files that are missing. */
gboolean
sag_scan_store_has (SagScanStore *store, const char *path, const SagScanMask *masks, gsize n_masks);

/* What follows makes what is missing, as sag_scan_store_prepare() does, and has its errors. */

gboolean sag_scan_store_get_facts (SagScanStore *store,
                                   const char   *path,
                                   SagScanFacts *facts,
                                   GError      **error);
/** sag_scan_store_get_mask_facts: @facts->n_voxels: g_free() it. */
gboolean sag_scan_store_get_mask_facts (SagScanStore      *store,
                                        const char        *path,
                                        const SagScanMask *mask,
                                        SagMaskFacts      *facts,
                                        GError           **error);
/** sag_scan_store_read_input: @input: out: (input), as sag_prepared_get_input() to 7.9e-6 */
gboolean
sag_scan_store_read_input (SagScanStore *store, const char *path, float *input, GError **error);
/** sag_scan_store_dup_source: (source) Hounsfield units; g_free() it. */
gint16 *sag_scan_store_dup_source (SagScanStore *store, const char *path, GError **error);
/** sag_scan_store_dup_targets: (n_sets, n_tokens, cells); g_free() it. */
float *sag_scan_store_dup_targets (SagScanStore      *store,
                                   const char        *path,
                                   const SagScanMask *mask,
                                   GError           **error);
/** sag_scan_store_dup_labels: labels on the source's grid with its fine steps; sag_label_map_free() it. */
SagLabelMap *sag_scan_store_dup_labels (SagScanStore      *store,
                                        const char        *path,
                                        const SagScanMask *mask,
                                        GError           **error);

/**
 * sag_scan_store_save_tokens: keeps what a vision network makes of the scan's exact input, for training what comes
 * after it.
 * @model: names the network: hexadecimal digits
 * @values: (n_values) float32
 */
gboolean sag_scan_store_save_tokens (SagScanStore *store,
                                     const char   *path,
                                     const char   *model,
                                     const float  *values,
                                     gsize         n_values,
                                     GError      **error);
/** sag_scan_store_has_tokens: whether they are there. */
gboolean sag_scan_store_has_tokens (SagScanStore *store, const char *path, const char *model);
/** sag_scan_store_dup_tokens: g_free() it; G_IO_ERROR_NOT_FOUND if they are not there, or not @n_values. */
float *sag_scan_store_dup_tokens (
  SagScanStore *store, const char *path, const char *model, gsize n_values, GError **error);

void sag_label_map_free (SagLabelMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagLabelMap, sag_label_map_free)

G_END_DECLS
