/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagCache: a folder of prepared data that can be made again: entries by key, each of some sections, compressed
 * with zstd and with a checksum. Entries take their names when they are complete, so that several programs may
 * share a folder. Thread-safe.
 */
typedef struct _SagCache SagCache;

/**
 * sag_cache_new: opens @folder, made if it is not there.
 * @limit_bytes: what sag_cache_trim() keeps to
 *
 * Errors: G_FILE_ERROR
 */
SagCache *sag_cache_new (const char *folder, guint64 limit_bytes, GError **error);
void      sag_cache_free (SagCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagCache, sag_cache_free)

/**
 * SagCacheSection: a piece of an entry.
 * @tag: four letters
 */
typedef struct
{
  char  tag[5];
  void *data;
  gsize size_bytes;
} SagCacheSection;

/**
 * sag_cache_save: writes or replaces the entry of @key, hex digits.
 *
 * Errors: G_FILE_ERROR, a full disk among them
 */
gboolean sag_cache_save (SagCache              *cache,
                         const char            *key,
                         const SagCacheSection *sections,
                         gsize                  n_sections,
                         GError               **error);

/**
 * sag_cache_load: reads one section. An entry that is damaged counts as none.
 * @size_bytes: (out)
 *
 * Returns: (transfer full) (nullable): g_free() it; NULL if there is no such entry or section
 */
void *sag_cache_load (SagCache *cache, const char *key, const char *tag, gsize *size_bytes);

/** sag_cache_has: whether an entry is there; marks it as used, so that it stays longest. */
gboolean sag_cache_has (SagCache *cache, const char *key);

/** sag_cache_remove: makes an entry go, if it is there. */
void sag_cache_remove (SagCache *cache, const char *key);

/** sag_cache_measure: bytes of all entries that were used since that second of 1970; G_MININT64: of all. */
guint64 sag_cache_measure (SagCache *cache, gint64 since_s);

/**
 * sag_cache_trim: removes the entries that were used longest ago until the rest fits the limit, and what
 * programs that were killed an hour ago or more left half written.
 *
 * Returns: the bytes that are left
 */
guint64 sag_cache_trim (SagCache *cache);

/**
 * sag_cache_dup_file_key: the hash of a file's bytes, or of all files in a folder or that a DICOMDIR lists, perhaps
 * of one series ("FOLDER#2"), as hex digits. It is remembered by place, size and times, so that a file is read once.
 *
 * Errors: G_FILE_ERROR naming the file, or the folder that cannot be read, lies too deep or holds no file
 */
char *sag_cache_dup_file_key (SagCache *cache, const char *path, GError **error);

/** sag_cache_dup_default_folder: where caches are kept when nobody says. */
char *sag_cache_dup_default_folder (void);

G_END_DECLS
