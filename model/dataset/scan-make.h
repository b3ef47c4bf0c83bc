/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dataset/scan.h"

G_BEGIN_DECLS

/** How many numbers SagScanFacts are in an entry. */
#define SAG_SCAN_N_FACTS 39

/** SagScanParts: the sections of an entry that is being made. */
typedef struct
{
  SagCacheSection sections[4];
  gsize           n_sections;
} SagScanParts;

void sag_scan_parts_clear (SagScanParts *parts);

/** sag_scan_facts_read: FALSE if the numbers are no facts. */
gboolean sag_scan_facts_read (const double *values, gsize n_values, SagScanFacts *facts);

/** sag_scan_make: reads and prepares what sag_read_volume() takes. */
gboolean sag_scan_make (const SagSampleGrid *grid,
                        const char          *path,
                        SagScanParts        *parts,
                        GCancellable        *cancellable,
                        GError             **error);

/** sag_scan_make_mask: reads a mask and prepares it as its scan, @path, was. */
gboolean sag_scan_make_mask (const SagSampleGrid *grid,
                             const char          *path,
                             const SagScanFacts  *facts,
                             const SagScanMask   *mask,
                             SagScanParts        *parts,
                             GCancellable        *cancellable,
                             GError             **error);

/** sag_scan_is_synthetic: the header's description says "Sagitta phantom". */
gboolean sag_scan_is_synthetic (const char *path);

G_END_DECLS
